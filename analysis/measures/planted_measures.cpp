#include "analysis/measures/planted_measures.h"

#include "analysis/measures/gate_entropy.h"
#include "analysis/measures/gradient_correlation.h"
#include "analysis/measures/rank_recovery.h"
#include "analysis/measures/update_geometry.h"
#include "analysis/measures/usage_clusters.h"
#include "analysis/measures/usage_divergence.h"
#include "analysis/runs/matrix.h"
#include "analysis/statistics/statistics.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/nearest.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

namespace rankwise::analysis {
namespace {

void set(MeasureValues& values, const std::string& name, std::optional<double> value) {
  if (value) values[name] = *value;
}

/// Mean over the tasks; nothing unless every task has the score.
std::optional<double> test_error(const RunFile& file, const std::string& parameters) {
  std::vector<double> errors;
  for (const PredictionRecord& record : file.predictions()) {
    if (record.split != "test" || record.parameters != parameters) continue;
    const auto found = record.scores.find("relative_error");
    if (found != record.scores.end()) errors.push_back(found->second);
  }
  if (errors.empty() || errors.size() != file.layout().tasks.size()) return std::nullopt;
  return mean_std(errors).mean;
}

void measure_ranks(const RunFile& file, MeasureValues& values) {
  const auto ranks = read_chosen_ranks(file);
  if (!ranks) return;
  const RankChoice choice = rank_choice(*ranks);
  values["mean_rank"] = choice.mean;
  values["mean_rank_first"] = choice.first_mean;
  values["mean_rank_change"] = choice.mean - choice.first_mean;
  values["rank_one_share"] = choice.rank_one_share;
  values["flips"] = choice.flips;
  values["ever_changed"] = choice.ever_changed;
  const auto recovery = rank_recovery(*ranks);
  if (!recovery) return;
  set(values, "tau_b", recovery->tau_b);
  values["under"] = recovery->under;
  values["equal"] = recovery->equal;
  values["over"] = recovery->over;
  set(values, "flip_rate_under", recovery->under_flip_rate);
  set(values, "flip_rate_equal", recovery->equal_flip_rate);
  set(values, "flip_rate_over", recovery->over_flip_rate);
}

void measure_gate(const RunFile& file, MeasureValues& values) {
  const auto gate = gate_entropy(file);
  if (!gate) return;
  values["gate_entropy"] = gate->entropy;
  values["chosen_probability"] = gate->probability;
}

void measure_divergence(const RunFile& file, MeasureValues& values) {
  const auto divergence = usage_divergence(file);
  if (!divergence || !divergence->from_others.allFinite()) return;
  values["usage_divergence"] = divergence->from_others.mean();
  values["divergence_null"] = divergence->null().mean();
}

/// Agreement of one evaluation's usage with one grouping, as "ari_k_means_<which>" and so on.
void measure_groups(const Eigen::MatrixXd& profiles, const std::vector<std::int64_t>& group,
                    const std::string& which, MeasureValues& values) {
  const auto agreement = group_agreement(profiles, group);
  if (!agreement) return;
  values["ari_k_means_" + which] = agreement->k_means;
  values["ari_hierarchical_" + which] = agreement->hierarchical;
  values["silhouette_" + which] = agreement->silhouette;
}

void measure_usage(const RunFile& file, MeasureValues& values) {
  if (file.evaluation_count() == 0) return;
  const UsageCounts last = read_counts(file, file.evaluation_count() - 1);
  if (const auto load = rank_load(last)) {
    values["load_max_over_mean"] = load->max_over_mean;
    values["dead_ranks"] = load->dead_ranks;
  }
  const auto& truth = file.layout().truth;
  if (!truth) return;
  const Eigen::MatrixXd before = usage_profiles(read_counts(file, 0));
  const Eigen::MatrixXd after = usage_profiles(last);
  measure_groups(before, truth->group, "first", values);
  measure_groups(after, truth->group, "last", values);
  measure_groups(before, truth->input_group, "input_first", values);
  measure_groups(after, truth->input_group, "input_last", values);
}

/// Mean magnitude of the [L, M, M] entries between two different models; NaN is left out.
std::optional<double> mean_off_diagonal(const std::vector<double>& values, std::size_t models) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t cell = i % (models * models);
    if (cell / models == cell % models || std::isnan(values[i])) continue;
    sum += std::abs(values[i]);
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / static_cast<double>(count);
}

void measure_merging(const RunFile& file, MeasureValues& values) {
  const auto merge = file.merge();
  if (!merge) return;
  values["merge_before"] = mean_std(merge->before).mean;
  values["merge_after"] = mean_std(merge->after).mean;
  values["merge_cka"] = mean_std(merge->cka).mean;
  if (merge->cosine.empty()) return;
  const auto models = static_cast<std::size_t>(merge->models);
  set(values, "merge_cosine", mean_off_diagonal(merge->cosine, models));
  set(values, "input_overlap", mean_off_diagonal(merge->overlap, models));
  set(values, "smallest_angle", mean_off_diagonal(merge->smallest_angle, models));
  set(values, "mean_angle", mean_off_diagonal(merge->mean_angle, models));
  values["interference"] = mean_std(merge->interference).mean;
}

/// Means over the sites; a site without two columns that have gradients is left out.
void measure_gradients(const RunFile& file, MeasureValues& values) {
  std::vector<double> covariances, correlations;
  for (const GradientRecord& gradients : file.gradients()) {
    const double correlation = mean_absolute_off_diagonal(gradient_correlation(gradients));
    if (std::isnan(correlation)) continue;
    correlations.push_back(correlation);
    covariances.push_back(
        mean_absolute_off_diagonal(to_matrix(gradients.covariance, gradients.ranks)));
  }
  if (correlations.empty()) return;
  values["gradient_covariance"] = mean_std(covariances).mean;
  values["gradient_correlation"] = mean_std(correlations).mean;
}

/// Summaries of before have the mean divergence of halves.
void match_stored_null(const RunFile& file, MeasureValues& values) {
  const auto halves = values.find("half_divergence");
  if (halves == values.end()) return;
  values["divergence_null"] = matched_null(halves->second, file.layout().tasks.size());
  values.erase("half_divergence");
}

/// A mean over the sites with ranks, of runs that have the measure above.
void measure_gradient_null(const RunFile& file, MeasureValues& values) {
  const auto steps = file.attributes().value("steps", std::int64_t{0});
  if (!values.contains("gradient_correlation") || steps < 2) return;
  std::vector<double> nulls;
  for (const SiteRecord& site : file.layout().sites) {
    if (site.out > 0) nulls.push_back(independent_correlation(steps, site.out));
  }
  if (!nulls.empty()) values["gradient_null"] = mean_std(nulls).mean;
}

const std::vector<Measure> kPlantedMeasures = {
    {"error_last", "error, last", 3,
     "relative error on test with the last parameters, mean over tasks: 0 perfect, 1 no gain"},
    {"error_best", "error, best", 3, "the same with the parameters that were best on dev"},
    {"tau_b", "τ-b", 2,
     "Kendall's tau-b of chosen against true rank over (site, task), last evaluation; not "
     "defined where all chosen ranks are equal"},
    {"mean_rank", "mean rank", 2, "chosen, over (site, task), last evaluation"},
    {"mean_rank_first", "first mean rank", 2, "the same at the first evaluation"},
    {"mean_rank_change", "mean rank change", 2, "from the first to the last evaluation"},
    {"gate_entropy", "gate entropy", 3,
     "of the probabilities of ranks, over the logarithm of the number of ranks that have any, mean "
     "over "
     "(site, task), last evaluation: at 1 all are as probable, and the chosen one is no decision"},
    {"chosen_probability", "p(chosen)", 3,
     "probability of the chosen rank, mean over (site, task), last evaluation"},
    {"rank_one_share", "rank 1", 2, "share of (site, task) with rank 1, last evaluation"},
    {"under", "under", 2, "share of (site, task) with less than the true rank, last evaluation"},
    {"equal", "equal", 2, "share with the true rank"},
    {"over", "over", 2, "share with more than the true rank"},
    {"flips", "flips", 1, "changes of a chosen rank between evaluations, over the run"},
    {"ever_changed", "ever changed", 2, "share of (site, task) whose rank changed at least once"},
    {"flip_rate_under", "flip rate, under", 3,
     "share of evaluations after which a rank changed that was under the true one"},
    {"flip_rate_equal", "flip rate, equal", 3, "the same for the true rank"},
    {"flip_rate_over", "flip rate, over", 3, "the same for ranks over the true one"},
    {"ari_k_means_first", "ARI k-means, first", 2,
     "adjusted Rand index of usage clusters against planted groups, first evaluation"},
    {"ari_k_means_last", "ARI k-means", 2, "the same at the last evaluation"},
    {"ari_hierarchical_first", "ARI linkage, first", 2,
     "the same by average linkage, first evaluation"},
    {"ari_hierarchical_last", "ARI linkage", 2, "the same at the last evaluation"},
    {"silhouette_first", "silhouette, first", 2,
     "of the planted groups in usage profiles, first evaluation"},
    {"silhouette_last", "silhouette", 2, "the same at the last evaluation"},
    {"ari_k_means_input_first", "inputs: ARI k-means, first", 2,
     "against groups of the inputs: a router follows them without learning"},
    {"ari_k_means_input_last", "inputs: ARI k-means", 2, "the same at the last evaluation"},
    {"ari_hierarchical_input_first", "inputs: ARI linkage, first", 2,
     "the same by average linkage, first evaluation"},
    {"ari_hierarchical_input_last", "inputs: ARI linkage", 2, "the same at the last evaluation"},
    {"silhouette_input_first", "inputs: silhouette, first", 2,
     "of the groups of the inputs, first evaluation"},
    {"silhouette_input_last", "inputs: silhouette", 2, "the same at the last evaluation"},
    {"load_max_over_mean", "load max/mean", 2,
     "of a rank's dev tokens over all tasks, mean over sites, last evaluation"},
    {"dead_ranks", "dead ranks", 1, "ranks that no dev token used, over sites, last evaluation"},
    {"usage_divergence", "task divergence", 3,
     "Jensen-Shannon divergence in bits of the ranks of a task's dev tokens from those of the "
     "other "
     "tasks, mean over tasks and sites, last evaluation"},
    {"divergence_null", "its null", 4,
     "what that would be if all tasks used the ranks alike: from the divergence of two halves of "
     "each task's examples, by the sizes compared; where a run did not record halves, from what is "
     "expected of them were each token's choice made by itself"},
    {"right_recovered", "right directions", 2,
     "share of the planted input directions in the row space of A: mean squared cosine of the "
     "principal angles"},
    {"left_recovered", "left directions", 2,
     "the same of the planted output directions in the column space of B"},
    {"update_cosine", "update cosine", 2,
     "mean cosine of two tasks' updates, over pairs and the sites that choose one rank per task"},
    {"merge_before", "before merging", 3, "first metric on test of each task's own model, mean"},
    {"merge_after", "after merging", 3, "the same of the merged model"},
    {"merge_cka", "CKA", 2, "linear CKA of the two models' pooled vectors on test, mean"},
    {"merge_cosine", "update |cosine|", 3,
     "mean magnitude of the cosine of two models' updates, over pairs and sites"},
    {"input_overlap", "input overlap", 3,
     "||A_i A_j'|| / (||A_i|| ||A_j||) of two models, mean over pairs and sites"},
    {"smallest_angle", "smallest angle", 1,
     "degrees, the smallest principal angle between the row spaces of two models' A, mean over "
     "pairs and sites; not where A has as many ranks as inputs"},
    {"mean_angle", "mean angle", 1, "the same of the mean of the principal angles"},
    {"interference", "interference", 2,
     "||sum of updates||² over the sum of their ||·||², mean over sites; 1: orthogonal"},
    {"gradient_covariance", "gradient |covariance|", 5,
     "of two columns of B over the training steps, mean magnitude over pairs and sites"},
    {"gradient_correlation", "gradient |correlation|", 3, "the same of their correlation"},
    {"gradient_null", "of independent entries", 3,
     "that mean were every entry of every gradient drawn by itself: the least that it can be"},
};

}  // namespace

const std::vector<Measure>& planted_measures() { return kPlantedMeasures; }

const Measure& find_measure(const std::string& name) {
  const auto& all = planted_measures();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Measure& measure) { return measure.name == name; });
  if (found != all.end()) return *found;
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const Measure& measure : all) names.push_back(measure.name);
  fail_unknown("measure", "measures", name, names);
}

MeasureValues measure_run(const RunFile& file) {
  const auto stored = file.attributes().find(kStoredMeasures);
  MeasureValues values;
  if (stored != file.attributes().end()) {
    values = stored->get<MeasureValues>();
    // Measures that are younger than the summary, as far as it has what they are made from.
    if (!values.contains("gate_entropy")) measure_gate(file, values);
    if (!values.contains("usage_divergence")) measure_divergence(file, values);
    measure_gradient_null(file, values);
    match_stored_null(file, values);
    return values;
  }
  set(values, "error_last", test_error(file, "last"));
  set(values, "error_best", test_error(file, "best"));
  measure_ranks(file, values);
  measure_gate(file, values);
  measure_divergence(file, values);
  measure_usage(file, values);
  const SubspaceRecovery recovery = subspace_recovery(file);
  set(values, "right_recovered", recovery.right);
  set(values, "left_recovered", recovery.left);
  set(values, "update_cosine", mean_update_cosine(file));
  measure_merging(file, values);
  measure_gradients(file, values);
  measure_gradient_null(file, values);
  return values;
}

}  // namespace rankwise::analysis
