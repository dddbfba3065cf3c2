#include "framework/texts/bleu.h"

#include "framework/core/error.h"
#include "framework/texts/characters.h"
#include "framework/texts/tokens_13a.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <unordered_map>

namespace rankwise {

namespace {

// How often each run of words occurs; views into a line with one space between its words.
using Runs = std::unordered_map<std::string_view, std::int64_t>;

Runs runs_of(const std::vector<std::string_view>& words, std::size_t order) {
  Runs runs;
  for (std::size_t first = 0; first + order <= words.size(); ++first) {
    ++runs[std::string_view(words[first].begin(), words[first + order - 1].end())];
  }
  return runs;
}

// The most often that any reference has each run.
Runs most_runs(const std::vector<std::vector<std::string_view>>& references, std::size_t order) {
  Runs most;
  for (const auto& words : references) {
    for (const auto& [run, count] : runs_of(words, order)) {
      most[run] = std::max(most[run], count);
    }
  }
  return most;
}

std::int64_t closest_length(std::int64_t length,
                            const std::vector<std::vector<std::string_view>>& references) {
  std::int64_t closest = -1;
  for (const auto& words : references) {
    const auto other = static_cast<std::int64_t>(words.size());
    const std::int64_t gained = std::abs(length - closest) - std::abs(length - other);
    if (closest < 0 || gained > 0 || (gained == 0 && other < closest)) closest = other;
  }
  return closest;
}

}  // namespace

BleuCounts& BleuCounts::operator+=(const BleuCounts& other) {
  for (std::size_t i = 0; i < kOrders; ++i) {
    right[i] += other.right[i];
    all[i] += other.all[i];
  }
  length += other.length;
  reference_length += other.reference_length;
  return *this;
}

BleuCounts bleu_counts(std::string_view text, const std::vector<std::string>& references) {
  check(!references.empty(), "BLEU of a text without a reference; give it one or more");
  const std::string line = tokens_13a(stripped(text));
  const std::vector<std::string_view> words = split_at_space(line);
  std::vector<std::string> lines;
  lines.reserve(references.size());
  for (const std::string& reference : references) lines.push_back(tokens_13a(stripped(reference)));
  std::vector<std::vector<std::string_view>> expected;
  expected.reserve(lines.size());
  for (const std::string& other : lines) expected.push_back(split_at_space(other));

  BleuCounts counts{.length = static_cast<std::int64_t>(words.size())};
  counts.reference_length = closest_length(counts.length, expected);
  for (std::size_t order = 1; order <= BleuCounts::kOrders; ++order) {
    const Runs most = most_runs(expected, order);
    for (const auto& [run, count] : runs_of(words, order)) {
      counts.all[order - 1] += count;
      const auto found = most.find(run);
      if (found != most.end()) counts.right[order - 1] += std::min(count, found->second);
    }
  }
  return counts;
}

double bleu(const BleuCounts& counts, BleuOrder order) {
  if (counts.right[0] == 0) return 0;
  double log_sum = 0;
  double smoothing = 1;  // halves with each order of which nothing is right (Chen and Cherry 2014)
  std::size_t orders = 0;
  for (; orders < BleuCounts::kOrders && counts.all[orders] > 0; ++orders) {
    const auto all = static_cast<double>(counts.all[orders]);
    const auto right = static_cast<double>(counts.right[orders]);
    if (right == 0) smoothing /= 2;
    log_sum += std::log((right == 0 ? smoothing : right) / all);
  }
  if (order == BleuOrder::kFour && orders < BleuCounts::kOrders) return 0;
  const double ratio =
      static_cast<double>(counts.reference_length) / static_cast<double>(counts.length);
  return std::exp(std::min(0.0, 1 - ratio) + log_sum / static_cast<double>(orders));
}

double corpus_bleu(const std::vector<std::string>& texts,
                   const std::vector<std::vector<std::string>>& references) {
  check(texts.size() == references.size(), "BLEU of {} texts with references for {}", texts.size(),
        references.size());
  BleuCounts counts;
  for (std::size_t i = 0; i < texts.size(); ++i) counts += bleu_counts(texts[i], references[i]);
  return bleu(counts);
}

double sentence_bleu(std::string_view text, const std::vector<std::string>& references) {
  return bleu(bleu_counts(text, references), BleuOrder::kThoseThereAre);
}

}  // namespace rankwise
