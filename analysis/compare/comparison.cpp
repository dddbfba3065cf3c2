#include "analysis/compare/comparison.h"

#include "analysis/statistics/effect_size.h"
#include "framework/core/error.h"
#include "framework/core/nearest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace rankwise::analysis {
namespace {

Discordant discordant(const PredictionRecord& a, const PredictionRecord& b) {
  Discordant counts;
  for (std::size_t i = 0; i < a.correct.size(); ++i) {
    counts.only_a += a.correct[i] != 0 && b.correct[i] == 0 ? 1 : 0;
    counts.only_b += a.correct[i] == 0 && b.correct[i] != 0 ? 1 : 0;
  }
  return counts;
}

/// Of each seed, where the column is the accuracy of one task on the same examples.
std::vector<double> mcnemar_by_seed(const std::vector<RunPair>& pairs, const ScoreColumn& column,
                                    const ScoreChoice& choice) {
  if (column.tasks.size() != 1) return {};
  const std::string& metric = column.tasks.front().metric;
  const PredictionPlace place{column.tasks.front().task, choice.split, choice.parameters};
  std::vector<double> p;
  for (const auto& [a, b] : pairs) {
    const auto of_a = a.run->file().prediction(place);
    const auto of_b = b.run->file().prediction(place);
    if (!of_a || !of_b || of_a->label != of_b->label) return {};
    if (!is_share_right(*of_a, metric) || !is_share_right(*of_b, metric)) return {};
    p.push_back(mcnemar_test(discordant(*of_a, *of_b)).exact_p);
  }
  return p;
}

/// In the column's unit.
std::optional<BootstrapDifference> bootstrap(const std::vector<RunPair>& pairs,
                                             const ScoreColumn& column, const ScoreChoice& choice,
                                             Resampled resampled) {
  const auto examples = pair_examples(pairs, column.tasks, choice);
  if (!examples) return std::nullopt;
  const Seed seed = Seed(0).stream(column.heading);
  BootstrapDifference result = paired_bootstrap(*examples, resampled, seed, kResamples);
  result.low *= column.factor();
  result.high *= column.factor();
  return result;
}

void test_seeds(ScoreComparison& result) {
  const Seed seed = Seed(0).stream(result.heading);
  result.over_seeds = paired_t_test(result.differences);
  result.sign_flip = sign_flip_test(result.differences, seed);
  result.wilcoxon = wilcoxon_test(result.differences);
  result.dz = cohens_dz(result.differences);
  if (!result.over_seeds) return;
  result.p = result.over_seeds->p;
  result.detectable = detectable_dz(result.differences.size()) * mean_std(result.differences).std;
}

/// Holm's correction of one p of each comparison that has it.
void correct(std::span<ScoreComparison> comparisons, std::optional<double> ScoreComparison::*of,
             std::optional<double> ScoreComparison::*to) {
  std::vector<double> p;
  for (const ScoreComparison& comparison : comparisons) {
    if (comparison.*of) p.push_back(*(comparison.*of));
  }
  const std::vector<double> corrected = holm(p);
  std::size_t next = 0;
  for (ScoreComparison& comparison : comparisons) {
    if (comparison.*of) comparison.*to = corrected[next++];
  }
}

}  // namespace

std::string ScoreComparison::verdict() const {
  const bool differ = holm_p && *holm_p < kSignificant;
  if (!differ && holm_equivalence && *holm_equivalence < kSignificant) return "alike";
  if (!differ) return "inconclusive";
  return mean_std(differences).mean > 0 ? "higher" : "lower";
}

std::optional<Interval> ScoreComparison::interval() const {
  if (over_seeds) return Interval{over_seeds->low, over_seeds->high};
  if (over_examples) return Interval{over_examples->low, over_examples->high};
  return std::nullopt;
}

ScoreComparison compare_cells(const ScoreColumn& column, std::size_t row_a, std::size_t row_b,
                              const ScoreChoice& choice, Examples examples) {
  const std::vector<RunPair> pairs = match_seeds(column.rows[row_a], column.rows[row_b]);
  ScoreComparison result{.heading = column.heading, .digits = column.digits()};
  std::vector<double> a, b;
  for (const RunPair& pair : pairs) {
    a.push_back(pair.first.score);
    b.push_back(pair.second.score);
  }
  result.a = mean_std(a);
  result.b = mean_std(b);
  result.cliffs_delta = cliffs_delta(a, b);
  result.differences = differences_of(pairs);
  test_seeds(result);
  if (examples == Examples::kCompared || pairs.size() == 1) {
    result.over_examples = bootstrap(pairs, column, choice, Resampled::kExamples);
    result.mcnemar_p = mcnemar_by_seed(pairs, column, choice);
  }
  if (pairs.size() > 1) {
    result.over_both = bootstrap(pairs, column, choice, Resampled::kSeedsAndExamples);
  }
  if (pairs.size() == 1 && result.over_examples) result.p = result.over_examples->p;
  return result;
}

void test_equivalence(ScoreComparison& comparison, double margin) {
  if (comparison.over_seeds) {
    comparison.equivalence = equivalence_p(comparison.differences, margin);
  }
}

void correct(std::span<ScoreComparison> comparisons) {
  correct(comparisons, &ScoreComparison::p, &ScoreComparison::holm_p);
  correct(comparisons, &ScoreComparison::equivalence, &ScoreComparison::holm_equivalence);
}

namespace {

/// Whether the row set this member to another value than its default.
bool is_set(const RunGroup& group, const std::string& path) {
  const nlohmann::json& attributes = group.runs.front().attributes;
  const auto identity = attributes.find("identity");
  return identity == attributes.end() || leaves(*identity).contains(path);
}

/// The other run's program did not know it yet, and did what the default says.
bool is_default_of_one(const LeafDifference& difference, const RunGroup& a, const RunGroup& b) {
  if (difference.path.starts_with("options.")) return false;
  if (difference.a == kNoLeaf) return !is_set(b, difference.path);
  return difference.b == kNoLeaf && !is_set(a, difference.path);
}

}  // namespace

std::vector<LeafDifference> config_differences(const RunGroup& a, const RunGroup& b) {
  const nlohmann::json config_a = nameless_config(a), config_b = nameless_config(b);
  std::vector<LeafDifference> found = differences(config_a, config_b);
  std::erase_if(found, [&](const auto& each) { return is_default_of_one(each, a, b); });
  if (config_a.value("variant", "") == config_b.value("variant", "")) return found;
  const auto own = own_options(b);
  std::erase_if(found, [&](const LeafDifference& difference) {
    if (!difference.path.starts_with("options.")) return false;
    return own ? true : difference.a == kNoLeaf || difference.b == kNoLeaf;
  });
  if (!own) return found;
  for (const auto& [path, value] : leaves(*own)) {
    found.push_back({"options." + path, kNoLeaf, value.dump()});
  }
  return found;
}

std::size_t find_label(const RunSet& set, const std::string& label) {
  const std::vector<std::string> labels = set.labels();
  const auto meant = same_name(label, labels);
  check(meant.has_value(), "no finished run is called '{}'{}; the labels are {}", label,
        did_you_mean(label, labels), fmt::join(labels, ", "));
  return static_cast<std::size_t>(std::find(labels.begin(), labels.end(), *meant) - labels.begin());
}

std::size_t find_reference(const RunSet& set, const std::string& wanted) {
  if (!wanted.empty()) return find_label(set, wanted);
  const std::vector<std::string> labels = set.labels();
  const auto found = std::find(labels.begin(), labels.end(), set.reference);
  return found == labels.end() ? 0 : static_cast<std::size_t>(found - labels.begin());
}

std::size_t Comparison::task_scores() const {
  const auto average = std::find_if(scores.begin(), scores.end(), [](const ScoreComparison& score) {
    return score.heading.starts_with(kAverage);
  });
  return static_cast<std::size_t>(average - scores.begin());
}

Comparison compare(const RunSet& set, const std::string& a, const std::string& b,
                   const ScoreChoice& choice) {
  check(a != b, "'{}' would be compared with itself; name two labels", a);
  Comparison result;
  for (const std::string& label : {a, b}) {
    result.runs.groups.push_back(set.groups[find_label(set, label)]);
  }
  result.config = config_differences(result.runs.groups[0], result.runs.groups[1]);
  const ScoredRuns scored = read_scores(result.runs, choice);
  result.choice = choice;
  result.tasks = scored.columns();
  bool any = false;
  for (const ScoreColumn& column : score_columns(scored)) {
    result.scores.push_back(compare_cells(column, 0, 1, choice, Examples::kCompared));
    any = any || result.scores.back().a.count > 0;
  }
  check(any, "'{}' and '{}' share no seed under one protocol, so that nothing can be paired", a, b);
  // The average sums the tasks up: one question, asked beside theirs.
  const std::span<ScoreComparison> all(result.scores);
  correct(all.first(result.task_scores()));
  correct(all.subspan(result.task_scores()));
  return result;
}

}  // namespace rankwise::analysis
