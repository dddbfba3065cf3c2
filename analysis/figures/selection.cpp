#include "analysis/figures/figure.h"
#include "analysis/measures/gate_entropy.h"
#include "analysis/measures/task_ranks.h"
#include "analysis/output/heat_figure.h"
#include "analysis/output/heat_scale.h"
#include "analysis/runs/chosen_labels.h"

#include <fmt/format.h>

namespace rankwise::analysis {
namespace {

struct SelectionOptions {
  std::vector<std::string> labels;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
  }
};

/// One panel per task: steps along x, ranks upwards.
std::vector<HeatMap> maps(const Selection& selection) {
  std::vector<std::string> steps, ranks;
  for (const std::int64_t step : selection.steps) steps.push_back(std::to_string(step));
  for (Eigen::Index r = 1; r <= selection.probability.front().cols(); ++r) {
    ranks.push_back(std::to_string(r));
  }
  std::vector<HeatMap> result;
  for (std::size_t t = 0; t < selection.tasks.size(); ++t) {
    const Eigen::VectorXd chosen = selection.chosen.col(static_cast<Eigen::Index>(t));
    result.push_back({.title = selection.tasks[t],
                      .rows = steps,
                      .columns = ranks,
                      .value = selection.probability[t],
                      .mark = {chosen.begin(), chosen.end()}});
  }
  return result;
}

HeatStyle style(const std::string& name, const RunGroup& group, const Selection& selection,
                const std::vector<HeatMap>& panels) {
  HeatStyle style{.name = name};
  style.heading =
      fmt::format("{}: mean over sites, {}; dot: mean chosen rank{}", group.label,
                  selection.seeds > 1 ? fmt::format("{} seeds", selection.seeds) : "one seed",
                  gate_note(group));
  style.panel_name = "task";
  style.row_name = style.row_axis = "step";
  style.column_axis = "rank";
  style.mark_name = "chosen_rank";
  style.colour = "probability of the selector";
  style.high = share_scale(panels);
  style.rows_along_x = true;
  style.row_height = 0.11;
  style.panel_height = 0.9;
  return style;
}

FigureFiles draw_selection(const FigureRequest& request, const SelectionOptions& options) {
  return draw_each_label(
      request, options.labels, "selection",
      [&](const RunGroup& group, const std::string& name, FigureFiles& result) {
        const auto selection = read_selection(group);
        if (!selection) throw NothingToDraw("no selector is recorded");
        if (!selection->probability.front().allFinite()) {
          throw NothingToDraw("its selector gives no probabilities");
        }
        const std::vector<HeatMap> panels = maps(*selection);
        result.add(draw(heat_drawing(panels, style(name, group, *selection, panels)), request.out));
      });
}

const RegisterFigure selection_registration(
    "selection",
    "a selector's probabilities of ranks over steps, one panel per task, one figure per label",
    draw_selection);

}  // namespace

}  // namespace rankwise::analysis
