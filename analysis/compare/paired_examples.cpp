#include "analysis/compare/paired_examples.h"

#include "analysis/statistics/bootstrap.h"
#include "analysis/statistics/statistics.h"
#include "framework/core/metrics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

namespace rankwise::analysis {
namespace {

using Drawn = std::vector<std::uint32_t>;

/// What each example adds to a score that is a mean over examples.
std::vector<double> correctness(const PredictionRecord& record) {
  std::vector<double> values(record.label.size());
  std::transform(record.prediction.begin(), record.prediction.end(), record.label.begin(),
                 values.begin(), [](double x, double y) { return x == y ? 1.0 : 0.0; });
  return values;
}

/// Squared errors, scaled so that their mean is the recorded relative error.
std::vector<double> relative_errors(const PredictionRecord& record, double score) {
  const auto width = static_cast<std::size_t>(record.width);
  std::vector<double> values(record.label.size() / width, 0.0);
  for (std::size_t i = 0; i < record.label.size(); ++i) {
    values[i / width] += std::pow(record.prediction[i] - record.label[i], 2);
  }
  const double mean = mean_std(values).mean;
  for (double& value : values) value *= mean > 0 ? score / mean : 0;
  return values;
}

/// Values whose mean over examples is the score; nothing where it is no such mean.
std::optional<std::vector<double>> by_example(const PredictionRecord& record,
                                              const std::string& metric) {
  if (is_share_right(record, metric)) return correctness(record);
  if (metric == "relative_error") return relative_errors(record, record.scores.at(metric));
  const Metric& found = metrics().find(metric);
  if (found.targets == Targets::kPrograms && !record.passed.empty()) {
    return example_scores(
        metric, {.prediction = record.prediction, .label = record.label, .passed = record.passed});
  }
  if (found.needs_texts && found.of_examples && !record.generated.texts.empty()) {
    return example_scores(metric, {.generated = record.generated});
  }
  return std::nullopt;
}

AnswerScores drawn_answers(const AnswerScores& all, const Drawn& drawn) {
  AnswerScores answers{.starts = {0}};
  for (const std::uint32_t example : drawn) {
    for (auto i = all.starts[example]; i < all.starts[example + 1]; ++i) {
      answers.log_probability.push_back(all.log_probability[i]);
      answers.tokens.push_back(all.tokens[i]);
      answers.bytes.push_back(all.bytes[i]);
      answers.greedy.push_back(all.greedy[i]);
    }
    answers.starts.push_back(static_cast<std::int64_t>(answers.size()));
  }
  return answers;
}

GeneratedTexts drawn_texts(const GeneratedTexts& all, const Drawn& drawn) {
  GeneratedTexts texts{.labels = all.labels, .rule = all.rule};
  const std::size_t samples = all.samples();
  for (const std::uint32_t example : drawn) {
    const auto first = all.texts.begin() + static_cast<std::ptrdiff_t>(example * samples);
    texts.texts.insert(texts.texts.end(), first, first + static_cast<std::ptrdiff_t>(samples));
    texts.references.push_back(all.references[example]);
  }
  return texts;
}

double score_of_drawn(const PredictionRecord& record, const Metric& metric, const Drawn& drawn) {
  const auto width = static_cast<std::size_t>(record.width);
  Scored scored{.width = record.width, .prediction = {}, .label = {}, .reference = {}};
  if (metric.needs_answers) scored.answers = drawn_answers(record.answers, drawn);
  if (metric.needs_texts) scored.generated = drawn_texts(record.generated, drawn);
  scored.prediction.reserve(drawn.size() * width);
  scored.label.reserve(drawn.size() * width);
  for (const std::uint32_t example : drawn) {
    for (std::size_t i = example * width; i < (example + 1) * width; ++i) {
      scored.prediction.push_back(record.prediction[i]);
      scored.label.push_back(record.label[i]);
    }
  }
  return metric.score(scored);
}

double mean_of_drawn(const std::vector<double>& values, const Drawn& drawn) {
  double sum = 0;
  for (const std::uint32_t example : drawn) sum += values[example];
  return sum / static_cast<double>(drawn.size());
}

/// Indices of one resample of each number of examples that occurs: drawn once, for all seeds.
class Draws {
 public:
  explicit Draws(Random& random) : random_(random) {}
  const Drawn& of(std::size_t size) {
    const auto [found, added] = drawn_.try_emplace(size, size);
    if (added) draw_indices(random_, size, found->second);
    return found->second;
  }

 private:
  Random& random_;
  std::map<std::size_t, Drawn> drawn_;
};

/// How often each of the seeds is used.
std::vector<double> draw_seeds(std::size_t count, Resampled resampled, Random& random) {
  if (resampled == Resampled::kExamples || count == 1) return std::vector<double>(count, 1);
  std::vector<double> times(count, 0);
  Drawn drawn(count - 1);
  draw_indices(random, count, drawn);
  for (const std::uint32_t seed : drawn) ++times[seed];
  return times;
}

double replicate(const std::vector<std::vector<PairedExamples>>& pairs, Resampled resampled,
                 Random& random) {
  const std::vector<double> times = draw_seeds(pairs.front().size(), resampled, random);
  double sum = 0, count = 0;
  for (const auto& task : pairs) {
    Draws draws(random);
    for (std::size_t s = 0; s < task.size(); ++s) {
      if (times[s] == 0) continue;
      sum += times[s] * task[s].difference(draws.of(task[s].size()));
      count += times[s];
    }
  }
  return sum / count;
}

}  // namespace

bool is_share_right(const PredictionRecord& record, const std::string& metric) {
  // The marks of examples are of generated texts' first metric, which no program's is.
  const bool of_texts = metrics().contains(metric) && metrics().find(metric).of_examples &&
                        metrics().find(metric).targets != Targets::kPrograms;
  const bool counts = of_texts || metric == "accuracy" || metric == "acc" || metric == "acc_norm";
  if (!counts || record.width != 1 || record.label.empty()) return false;
  return std::abs(mean_std(correctness(record)).mean - record.scores.at(metric)) < 1e-9;
}

std::optional<PairedExamples> PairedExamples::match(const PredictionRecord& a,
                                                    const PredictionRecord& b,
                                                    const std::string& metric) {
  const bool same = a.width == b.width && a.label == b.label && !a.label.empty();
  const bool scored = a.scores.contains(metric) && b.scores.contains(metric);
  if (!same || !scored || !metrics().contains(metric)) return std::nullopt;
  const std::size_t size = a.label.size() / static_cast<std::size_t>(a.width);
  const Metric& scoring = metrics().find(metric);
  const bool lack =
      scoring.targets == Targets::kPrograms ||
      (scoring.needs_answers && (a.answers.size() == 0 || b.answers.size() == 0)) ||
      (scoring.needs_texts && (a.generated.texts.empty() || b.generated.texts.empty()));
  const auto values_a = by_example(a, metric), values_b = by_example(b, metric);
  if (values_a && values_b) {
    std::vector<double> difference = *values_a;
    for (std::size_t i = 0; i < size; ++i) difference[i] -= (*values_b)[i];
    return PairedExamples(size, [difference = std::move(difference)](const Drawn& drawn) {
      return mean_of_drawn(difference, drawn);
    });
  }
  if (lack) return std::nullopt;  // as in a summary
  return PairedExamples(size, [a, b, score = scoring](const Drawn& drawn) {
    return score_of_drawn(a, score, drawn) - score_of_drawn(b, score, drawn);
  });
}

BootstrapDifference paired_bootstrap(const std::vector<std::vector<PairedExamples>>& pairs,
                                     Resampled resampled, const Seed& seed, std::size_t resamples) {
  assert(!pairs.empty() && !pairs.front().empty());
  Random random = seed.stream("paired bootstrap").random();
  std::vector<double> differences(resamples);
  for (double& value : differences) value = replicate(pairs, resampled, random);
  const auto at_most = std::count_if(differences.begin(), differences.end(),
                                     [](double value) { return value <= 0; });
  const auto at_least = std::count_if(differences.begin(), differences.end(),
                                      [](double value) { return value >= 0; });
  const auto [low, high] = percentile_interval(differences, 0.95);
  const double share = static_cast<double>(1 + std::min(at_most, at_least)) /
                       static_cast<double>(resamples + 1);  // the sample is one of its resamples
  return {low, high, std::min(1.0, 2 * share)};
}

}  // namespace rankwise::analysis
