#include "analysis/figures/figure.h"
#include "analysis/measures/rank_confusion.h"
#include "analysis/output/heat_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_source.h"
#include "framework/core/error.h"

#include <fmt/format.h>

namespace rankwise::analysis {
namespace {

struct RecoveryOptions {
  std::vector<std::string> labels;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
  }
};

/// True ranks along x, chosen ones upwards.
HeatMap to_map(const std::string& label, const RankConfusion& confusion) {
  HeatMap map{.title = label, .rows = {}, .columns = {}, .value = confusion.share};
  for (const std::int64_t rank : confusion.truth) {
    map.rows.push_back(std::to_string(rank));
  }
  for (Eigen::Index r = 1; r <= confusion.share.cols(); ++r) {
    map.columns.push_back(std::to_string(r));
  }
  return map;
}

FigureFiles draw_recovery(const FigureRequest& request, const RecoveryOptions& options) {
  FigureFiles result;
  std::vector<HeatMap> maps;
  const RunSet runs = choose_labels(request.runs, options.labels);
  for (const RunGroup& group : runs.groups) {
    const auto confusion = rank_confusion(group);
    if (!confusion) {
      result.leave_out(group.label, "no rank is chosen, or no true one known");
      continue;
    }
    if (confusion->share.cols() == 0) {
      result.leave_out(group.label, "every rank is zero");
      continue;
    }
    maps.push_back(to_map(group.label, *confusion));
  }
  check(!maps.empty(), "no run chose ranks whose true ones are known: {}", result.reasons());
  HeatStyle style{.name = "recovery"};
  style.heading = "Chosen against true rank over sites, tasks and seeds, last evaluation";
  style.source = source_of(runs);
  style.width = request.width;
  style.numbers = true;
  style.panel_name = "label";
  style.row_name = "true_rank";
  style.row_axis = "true rank";
  style.column_axis = "chosen";
  style.colour = "share of the sites and tasks of that true rank";
  style.rows_along_x = true;
  style.row_height = maps.size() > 1 ? 0.115 : 0.2;
  result.draw(heat_drawing(maps, style), request);
  return result;
}

const RegisterFigure recovery_registration(
    "recovery", "chosen against planted ranks as a heat map, one panel per label", draw_recovery);

}  // namespace

}  // namespace rankwise::analysis
