#include "analysis/figures/figure.h"
#include "analysis/measures/gate_entropy.h"
#include "analysis/measures/layer_ranks.h"
#include "analysis/measures/rank_usage.h"
#include "analysis/output/heat_figure.h"
#include "analysis/output/heat_scale.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_source.h"

#include <fmt/format.h>

namespace rankwise::analysis {
namespace {

struct RankDistributionOptions {
  std::vector<std::string> labels;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
  }
};

/// One panel per task: layers along x, ranks upwards, a dot at the mean chosen rank.
std::vector<HeatMap> to_maps(const LayerRanks& ranks) {
  const Eigen::Index count = ranks.share.front().cols();
  std::vector<std::string> names;
  for (Eigen::Index r = 1; r <= count; ++r) names.push_back(std::to_string(r));
  std::vector<HeatMap> maps;
  for (std::size_t t = 0; t < ranks.tasks.size(); ++t) {
    HeatMap map{
        .title = ranks.tasks[t], .rows = ranks.layers, .columns = names, .value = ranks.share[t]};
    if (ranks.chosen) {
      const Eigen::VectorXd mean =
          map.value * Eigen::VectorXd::LinSpaced(count, 1, static_cast<double>(count));
      map.mark = {mean.begin(), mean.end()};
    }
    maps.push_back(std::move(map));
  }
  return maps;
}

HeatStyle style(const std::string& name, const RunGroup& group, const LayerRanks& ranks,
                const std::vector<HeatMap>& maps) {
  HeatStyle style{.name = name};
  style.heading =
      fmt::format("{}: share of each layer's sites and seeds that {} a rank{}{}{}", group.label,
                  ranks.chosen ? "chose" : "used", ranks.chosen ? "; dot: mean chosen rank" : "",
                  gate_note(group), ranks.has_gaps ? kGapsNote : "");
  style.source = source_of(group);
  style.panel_name = "task";
  style.row_name = style.row_axis = "layer";
  style.column_axis = ranks.ordered ? "rank" : kByLoad;
  style.mark_name = "mean_chosen_rank";
  style.colour =
      ranks.chosen ? "share that chose the rank" : "share of dev tokens that used the rank";
  style.high = share_scale(maps);
  style.rows_along_x = true;
  style.row_height = 0.11;
  style.panel_height = 0.9;
  return style;
}

FigureFiles draw_rank_distribution(const FigureRequest& request,
                                   const RankDistributionOptions& options) {
  return draw_each_label(request, options.labels, "rank_distribution",
                         [&](const RunGroup& group, const std::string& name, FigureFiles& result) {
                           const auto ranks = layer_ranks(group);
                           if (!ranks) throw NothingToDraw("no rank is chosen");
                           if (ranks->share.front().cols() == 0)
                             throw NothingToDraw("every chosen rank is zero");
                           const std::vector<HeatMap> maps = to_maps(*ranks);
                           HeatStyle look = style(name, group, *ranks, maps);
                           look.width = request.width;
                           result.draw(heat_drawing(maps, look), request);
                         });
}

const RegisterFigure rank_distribution_registration(
    "rank_distribution",
    "ranks that each task chose or used in each layer, one panel per task, one figure per label",
    draw_rank_distribution);

}  // namespace

}  // namespace rankwise::analysis
