#include "analysis/tables/finding.h"

#include <fmt/format.h>

#include <algorithm>

namespace rankwise::analysis {
namespace {

/// The average over several tasks; without one the first score.
std::size_t most_telling(const Comparison& comparison) {
  const std::size_t tasks = comparison.task_scores();
  return tasks == comparison.scores.size() || tasks < 2 ? 0 : tasks;
}

/// `alone`: the p is one test's, which needs no correction.
std::string numbers(const ScoreComparison& score, bool alone) {
  const std::size_t seeds = score.differences.size();
  std::string text = fmt::format("{:.{}f} against {:.{}f}", score.a.mean, score.digits,
                                 score.b.mean, score.digits);
  std::string basis;
  if (const auto interval = score.interval()) {
    basis = fmt::format("95 % {:+.{}f} to {:+.{}f}, ", interval->low, score.digits + 1,
                        interval->high, score.digits + 1);
  }
  if (score.holm_p) basis += fmt::format("p{} {:.2g}, ", alone ? "" : " (Holm)", *score.holm_p);
  return text + fmt::format(", a difference of {:+.{}f} ({}{} seed{})",
                            mean_std(score.differences).mean, score.digits + 1, basis, seeds,
                            seeds == 1 ? "" : "s");
}

/// Of the tasks, which stand before the average.
std::string tasks_words(const Comparison& comparison, std::size_t average) {
  if (average == 0) return "";
  const auto end = comparison.scores.begin() + static_cast<std::ptrdiff_t>(average);
  const auto count = [&](const char* verdict) {
    return std::count_if(comparison.scores.begin(), end,
                         [&](const ScoreComparison& score) { return score.verdict() == verdict; });
  };
  return fmt::format("; of the tasks, {} is higher on {}, lower on {} and inconclusive on {}",
                     comparison.runs.labels()[0], count("higher"), count("lower"),
                     count("inconclusive"));
}

/// Where the models of these seeds differ and training seeds leave it open.
std::string examples_words(const ScoreComparison& score) {
  const bool open = score.verdict() == "inconclusive" && score.differences.size() > 1;
  if (!open || !score.over_examples || score.over_examples->p >= kSignificant) return "";
  return fmt::format(
      "; these models differ on these examples (p {:.2g}), but others of the method, from other "
      "seeds, may not",
      score.over_examples->p);
}

}  // namespace

std::string finding(const Comparison& comparison) {
  const std::size_t index = most_telling(comparison);
  const ScoreComparison& score = comparison.scores[index];
  const auto labels = comparison.runs.labels();
  const std::string on =
      index > 0 ? fmt::format("the average over {} tasks", index) : score.heading;
  const std::string said =
      score.verdict() == "inconclusive"
          ? fmt::format("{} and {} are not told apart on {}", labels[0], labels[1], on)
          : fmt::format("{} is {} than {} on {}", labels[0], score.verdict(), labels[1], on);
  const bool alone = index > 0 || comparison.task_scores() == 1;
  return fmt::format("{}: {}{}{}.", said, numbers(score, alone), examples_words(score),
                     tasks_words(comparison, index));
}

}  // namespace rankwise::analysis
