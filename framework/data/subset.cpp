#include "framework/data/subset.h"

#include <algorithm>
#include <numeric>

namespace rankwise {

namespace {

void append_sequence(const Split& from, std::int64_t sequence, std::int64_t feature_width,
                     Split& to) {
  const std::int64_t begin = from.starts[sequence];
  const std::int64_t end = from.starts[sequence + 1];
  if (feature_width > 0) {
    to.features.insert(to.features.end(), from.features.begin() + begin * feature_width,
                       from.features.begin() + end * feature_width);
  } else {
    to.tokens.insert(to.tokens.end(), from.tokens.begin() + begin, from.tokens.begin() + end);
    to.segments.insert(to.segments.end(), from.segments.begin() + begin,
                       from.segments.begin() + end);
  }
  to.starts.push_back(to.starts.back() + end - begin);
  if (!from.has_answers()) return;
  to.answer_tokens.insert(to.answer_tokens.end(),
                          from.answer_tokens.begin() + from.answer_starts[sequence],
                          from.answer_tokens.begin() + from.answer_starts[sequence + 1]);
  to.answer_starts.push_back(static_cast<std::int64_t>(to.answer_tokens.size()));
  to.answer_bytes.push_back(from.answer_bytes[sequence]);
}

void append_values(const std::vector<double>& from, std::int64_t example, std::int64_t width,
                   std::vector<double>& to) {
  if (from.empty()) return;
  to.insert(to.end(), from.begin() + example * width, from.begin() + (example + 1) * width);
}

}  // namespace

Split subset(const Split& split, std::int64_t rows, std::int64_t feature_width,
             std::int64_t target_width, const Seed& seed) {
  if (rows == 0 || rows >= split.examples()) return split;
  std::vector<std::int64_t> examples(static_cast<std::size_t>(split.examples()));
  std::iota(examples.begin(), examples.end(), std::int64_t{0});
  Random random = seed.random();
  random.shuffle(examples);
  examples.resize(static_cast<std::size_t>(rows));
  std::sort(examples.begin(), examples.end());
  Split chosen;
  chosen.starts = {0};
  chosen.groups = {0};
  if (split.has_answers()) chosen.answer_starts = {0};
  for (const std::int64_t example : examples) {
    for (auto s = split.groups[example]; s < split.groups[example + 1]; ++s) {
      append_sequence(split, s, feature_width, chosen);
    }
    chosen.groups.push_back(chosen.sequences());
    append_values(split.target, example, target_width, chosen.target);
    append_values(split.reference, example, target_width, chosen.reference);
    if (!split.programs.empty()) chosen.programs.push_back(split.programs[example]);
  }
  return chosen;
}

}  // namespace rankwise
