#include "analysis/figures/figure.h"
#include "analysis/measures/task_ranks.h"
#include "analysis/output/heat_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "framework/core/error.h"

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

/// A panel a task: steps along x, ranks upwards.
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

FigureFiles draw_selection(const FigureRequest& request) {
  const auto options =
      parse_options<SelectionOptions>(request.options, "figure selection: options");
  const RunSet runs = choose_labels(request.runs, options.labels);
  FigureFiles result;
  const std::vector<std::string> names = file_names(runs.labels());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const RunGroup& group = runs.groups[i];
    const auto selection = read_selection(group);
    if (!selection) {
      result.leave_out(group.label, "no selector is recorded");
      continue;
    }
    const std::vector<HeatMap> panels = maps(*selection);
    HeatStyle style{.name = "selection_" + names[i]};
    style.heading =
        fmt::format("{}: mean over sites, {}; dot: mean chosen rank", group.label,
                    selection->seeds > 1 ? fmt::format("{} seeds", selection->seeds) : "one seed");
    style.panel_name = "task";
    style.row_name = style.row_axis = "step";
    style.column_axis = "rank";
    style.mark_name = "chosen_rank";
    style.colour = "probability of the selector";
    style.high = share_scale(panels);
    style.rows_along_x = true;
    style.row_height = 0.11;
    style.panel_height = 0.9;
    result.add(draw(heat_drawing(panels, style), request.out));
  }
  check(!result.files.empty(), "no run records a selector: {}", result.reasons());
  return result;
}

}  // namespace

Figure selection_figure() {
  return {"a selector's probabilities of ranks over steps, one panel a task, one figure a label",
          describe_options<SelectionOptions>(), draw_selection};
}

}  // namespace rankwise::analysis
