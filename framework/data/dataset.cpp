#include "framework/data/dataset.h"

#include "framework/core/error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace rankwise {

namespace {

// `values` are those of `count` rows or examples.
void check_values(const std::vector<double>& values, std::int64_t count, const std::string& where,
                  const char* unit) {
  const auto bad = std::find_if_not(values.begin(), values.end(), [](double value) {
    return std::abs(value) <= std::numeric_limits<float>::max();
  });
  if (bad == values.end()) return;
  const auto width = static_cast<std::ptrdiff_t>(values.size()) / count;
  fail("{}: {} of {} {} is not a finite number in single precision", where, *bad, unit,
       (bad - values.begin()) / width);
}

}  // namespace

const char* to_string(SplitName name) {
  if (name == SplitName::kTrain) return "train";
  return name == SplitName::kDev ? "dev" : "test";
}

std::int64_t Split::rows(AnswerRows where) const {
  if (starts.empty()) return 0;
  const auto answers = static_cast<std::int64_t>(answer_tokens.size());
  const bool last_left_out = has_answers() && where == AnswerRows::kBehindPrompt;
  return starts.back() + answers - (last_left_out ? sequences() : 0);
}

std::int64_t Split::longest_sequence(AnswerRows where) const {
  std::int64_t longest = 0;
  for (std::int64_t s = 0; s < sequences(); ++s) {
    const std::int64_t prompt = starts[s + 1] - starts[s], answer = answer_length(s);
    const bool joined = answer > 0 && where == AnswerRows::kBehindPrompt;
    longest = std::max(longest, joined ? prompt + answer - 1 : std::max(prompt, answer));
  }
  return longest;
}

std::int64_t Split::rows_of(std::int64_t example, AnswerRows where) const {
  const std::int64_t first = groups[example], end = groups[example + 1];
  const std::int64_t prompts = starts[end] - starts[first];
  if (!has_answers()) return prompts;
  const std::int64_t answers = answer_starts[end] - answer_starts[first];
  return prompts + answers - (where == AnswerRows::kBehindPrompt ? end - first : 0);
}

std::int64_t Split::largest_segment() const {
  const auto largest = std::max_element(segments.begin(), segments.end());
  return largest == segments.end() ? 0 : *largest;
}

const Split& TaskData::split(SplitName name) const {
  if (name == SplitName::kTrain) return train;
  return name == SplitName::kDev ? dev : test;
}

std::int64_t Dataset::rows(SplitName name, AnswerRows where) const {
  std::int64_t sum = 0;
  for (const TaskData& data : tasks) sum += data.split(name).rows(where);
  return sum;
}

std::string TokenTexts::text(const std::int32_t* first, const std::int32_t* last) const {
  std::string text;
  for (const std::int32_t* token = first; token != last; ++token) {
    text += of(*token);
  }
  return strips_space && text.starts_with(' ') ? text.substr(1) : text;
}

void check_finite(const Split& split, const std::string& where) {
  check_values(split.features, split.starts.empty() ? 0 : split.starts.back(), where + "/features",
               "row");
  check_values(split.target, split.examples(), where + "/target", "example");
  check_values(split.reference, split.examples(), where + "/reference", "example");
}

void standardise_targets(TaskData& data) {
  if (data.task.kind != TaskKind::kRegress || data.train.target.empty()) return;
  const auto& target = data.train.target;
  const auto n = static_cast<double>(target.size());
  const double mean = std::accumulate(target.begin(), target.end(), 0.0) / n;
  double square = 0;
  for (const double value : target) square += (value - mean) * (value - mean);
  data.task.target_mean = mean;
  data.task.target_std = square > 0 ? std::sqrt(square / n) : 1;
}

}  // namespace rankwise
