#include "analysis/measures/layer_ranks.h"

#include "analysis/measures/rank_usage.h"
#include "analysis/runs/site_names.h"
#include "analysis/runs/token_choice.h"
#include "framework/record/run_reader.h"

#include <algorithm>
#include <limits>

namespace rankwise::analysis {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

/// Row `layer` of the shares of every task, which stay [layers, R]. A layer without a rank that
/// others have never chose it, and no token there could use it.
void set_layer(LayerRanks& ranks, Index layer, const MatrixXd& by_task) {
  const double missing = ranks.chosen ? 0 : std::numeric_limits<double>::quiet_NaN();
  for (Index t = 0; t < by_task.rows(); ++t) {
    MatrixXd& share = ranks.share[static_cast<std::size_t>(t)];
    const Index had = share.cols();
    if (by_task.cols() > had) {
      share.conservativeResize(Eigen::NoChange, by_task.cols());
      share.rightCols(by_task.cols() - had).setConstant(missing);
    }
    share.row(layer).head(by_task.cols()) = by_task.row(t);
  }
}

/// [T, R] shares of some sites and all seeds that chose each rank.
MatrixXd chosen_share(const RunGroup& group, const std::vector<std::string>& sites, Index tasks) {
  MatrixXd counts = MatrixXd::Zero(tasks, 0);
  for (const Run& run : group.runs) {
    const RunFile& file = run.file();
    for (const std::string& site : sites) {
      const std::vector<std::int64_t> chosen = file.usage(site).back().chosen_rank;
      for (Index t = 0; t < tasks; ++t) {
        const Index rank = chosen[static_cast<std::size_t>(t)], had = counts.cols();
        if (rank > had) {
          counts.conservativeResize(Eigen::NoChange, rank);
          counts.rightCols(rank - had).setZero();
        }
        if (rank > 0) ++counts(t, rank - 1);
      }
    }
  }
  return counts / static_cast<double>(group.runs.size() * sites.size());
}

/// The sites that choose, and whether one rank per task is chosen at them.
std::vector<std::string> choosing_sites(const RunFile& file, bool& selection) {
  std::vector<std::string> names;
  for (const SiteRecord& site : file.layout().sites) selection = selection || site.selection;
  for (const SiteRecord& site : file.layout().sites) {
    if (selection ? site.selection : chooses(file, site)) names.push_back(site.name);
  }
  return names;
}

}  // namespace

std::optional<LayerRanks> layer_ranks(const RunGroup& group) {
  LayerRanks ranks;
  const RunFile& first = group.runs.front().file();
  const std::vector<std::string> sites = choosing_sites(first, ranks.chosen);
  const auto usage = sites.empty() ? std::nullopt : read_usage(group);
  if (!usage) return std::nullopt;
  ranks.tasks = usage->tasks;
  ranks.seeds = ranks.chosen ? group.runs.size() : usage->seeds;
  ranks.has_gaps = !ranks.chosen && usage->has_gaps;
  ranks.ordered = ranks.chosen || usage->ordered;
  std::vector<std::vector<std::string>> of_layer;
  const std::vector<std::string> layers = site_layers(sites);
  for (std::size_t i = 0; i < sites.size(); ++i) {
    const auto found = std::find(ranks.layers.begin(), ranks.layers.end(), layers[i]);
    const auto layer = static_cast<std::size_t>(found - ranks.layers.begin());
    if (found == ranks.layers.end()) {
      ranks.layers.push_back(layers[i]);
      of_layer.emplace_back();
    }
    of_layer[layer].push_back(sites[i]);
  }
  ranks.share.assign(ranks.tasks.size(), MatrixXd::Zero(static_cast<Index>(of_layer.size()), 0));
  for (std::size_t layer = 0; layer < of_layer.size(); ++layer) {
    GroupUsage some{usage->tasks, {}};
    for (const RankUsage& site : usage->sites) {
      const auto& names = of_layer[layer];
      if (std::find(names.begin(), names.end(), site.site) != names.end()) {
        some.sites.push_back(site);
      }
    }
    set_layer(ranks, static_cast<Index>(layer),
              ranks.chosen
                  ? chosen_share(group, of_layer[layer], static_cast<Index>(ranks.tasks.size()))
                  : sum_over_sites(some).share());
  }
  return ranks;
}

}  // namespace rankwise::analysis
