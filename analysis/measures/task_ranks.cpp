#include "analysis/measures/task_ranks.h"

#include "analysis/measures/rank_recovery.h"
#include "analysis/runs/matrix.h"
#include "analysis/runs/site_names.h"
#include "framework/core/error.h"
#include "framework/record/run_reader.h"

#include <algorithm>
#include <utility>

namespace rankwise::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The tasks of a run, which must be those of the runs before it.
void read_tasks(const RunFile& file, const RunGroup& group, std::vector<std::string>& tasks) {
  std::vector<std::string> names;
  for (const TaskRecord& task : file.layout().tasks) names.push_back(task.name);
  if (tasks.empty()) tasks = names;
  check(tasks == names, "{}: has other tasks than the first run of '{}'", file.path().string(),
        group.label);
}

/// Means over sites: [sites x tasks] -> [T].
VectorXd by_task(const std::vector<std::int64_t>& ranks, std::size_t tasks) {
  return to_matrix(ranks, static_cast<Index>(tasks)).colwise().mean().transpose();
}

/// Of further seeds a summary keeps chosen ranks without their probabilities.
bool chose_with_probability(const SiteRecord& site) { return site.selection && site.ranks > 0; }

/// Adds a run's evaluations of one site.
void add_site(const std::vector<SiteUsage>& evaluations, Index ranks, Selection& sum) {
  for (std::size_t e = 0; e < evaluations.size(); ++e) {
    const auto row = static_cast<Index>(e);
    const MatrixXd probability = to_matrix(evaluations[e].probability, ranks);
    for (Index t = 0; t < probability.rows(); ++t) {
      MatrixXd& total = sum.probability[static_cast<std::size_t>(t)];
      total.row(row).head(ranks) += probability.row(t);
    }
    sum.chosen.row(row) += to_matrix(evaluations[e].chosen_rank, 1).transpose();
  }
}

/// Shapes of zeros for the first run; checks that the others fit.
void prepare(const RunFile& file, const RunGroup& group, Selection& sum) {
  std::vector<std::int64_t> steps;
  for (const EvaluationRecord& record : file.scores()) steps.push_back(record.step);
  read_tasks(file, group, sum.tasks);
  Index ranks = 0;
  for (const SiteRecord& site : file.layout().sites) {
    if (site.selection) ranks = std::max(ranks, static_cast<Index>(site.ranks));
  }
  if (sum.probability.empty()) {
    sum.steps = steps;
    const auto evaluations = static_cast<Index>(steps.size());
    sum.chosen = MatrixXd::Zero(evaluations, static_cast<Index>(sum.tasks.size()));
    sum.probability.assign(sum.tasks.size(), MatrixXd::Zero(evaluations, ranks));
  }
  check(sum.steps == steps && sum.probability.front().cols() == ranks,
        "{}: has other evaluations or ranks than the first run of '{}'", file.path().string(),
        group.label);
}

std::vector<std::string> site_names(const RunFile& file) {
  std::vector<std::string> names;
  for (const SiteRecord& site : file.layout().sites) names.push_back(site.name);
  return names;
}

/// Over the sites whose layer is `layer`, or all where none is named.
std::optional<Selection> sum_selection(const RunGroup& group, const std::string& layer) {
  Selection selection;
  double count = 0;
  for (const Run& run : group.runs) {
    const RunFile& file = run.file();
    const auto& sites = file.layout().sites;
    if (file.evaluation_count() == 0 ||
        std::none_of(sites.begin(), sites.end(),
                     [](const SiteRecord& site) { return chose_with_probability(site); })) {
      continue;
    }
    prepare(file, group, selection);
    ++selection.seeds;
    const std::vector<std::string> layers = site_layers(site_names(file));
    for (std::size_t i = 0; i < sites.size(); ++i) {
      const SiteRecord& site = sites[i];
      if (!chose_with_probability(site) || (!layer.empty() && layers[i] != layer)) continue;
      add_site(file.usage(site.name), static_cast<Index>(site.ranks), selection);
      ++count;
    }
  }
  if (count == 0) return std::nullopt;
  for (MatrixXd& probability : selection.probability) probability /= count;
  selection.chosen /= count;
  return selection;
}

}  // namespace

std::optional<TaskRanks> read_task_ranks(const RunGroup& group) {
  TaskRanks ranks;
  for (const Run& run : group.runs) {
    const RunFile& file = run.file();
    const auto chosen = read_chosen_ranks(file);
    if (!chosen) continue;
    read_tasks(file, group, ranks.tasks);
    for (std::size_t e = 0; e < chosen->steps.size(); ++e) {
      ranks.chosen[chosen->steps[e]].push_back(by_task(chosen->chosen[e], ranks.tasks.size()));
    }
    if (!chosen->truth.empty()) ranks.truth.push_back(by_task(chosen->truth, ranks.tasks.size()));
  }
  if (ranks.chosen.empty()) return std::nullopt;
  return ranks;
}

std::optional<Selection> read_selection(const RunGroup& group) { return sum_selection(group, ""); }

std::optional<LayerSelection> read_layer_selection(const RunGroup& group) {
  const RunFile& first = group.runs.front().file();
  LayerSelection result;
  std::vector<Selection> selections;
  for (const std::string& layer : site_layers(site_names(first))) {
    if (std::find(result.layers.begin(), result.layers.end(), layer) != result.layers.end())
      continue;
    auto selection = sum_selection(group, layer);
    if (!selection) continue;
    result.layers.push_back(layer);
    selections.push_back(std::move(*selection));
  }
  if (selections.empty()) return std::nullopt;
  const auto layers = static_cast<Index>(selections.size());
  result.tasks = selections.front().tasks;
  result.seeds = selections.front().seeds;
  result.chosen.resize(layers, static_cast<Index>(result.tasks.size()));
  result.probability.assign(result.tasks.size(),
                            MatrixXd(layers, selections.front().probability.front().cols()));
  for (Index l = 0; l < layers; ++l) {
    const Selection& selection = selections[static_cast<std::size_t>(l)];
    const Index last = selection.chosen.rows() - 1;
    result.chosen.row(l) = selection.chosen.row(last);
    for (std::size_t t = 0; t < result.tasks.size(); ++t) {
      result.probability[t].row(l) = selection.probability[t].row(last);
    }
  }
  return result;
}

}  // namespace rankwise::analysis
