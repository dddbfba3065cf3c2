#include "analysis/figures/figure.h"
#include "analysis/measures/gate_entropy.h"
#include "analysis/measures/task_ranks.h"
#include "analysis/output/heat_figure.h"
#include "analysis/output/heat_scale.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_source.h"

#include <fmt/format.h>

#include <utility>

namespace rankwise::analysis {
namespace {

struct SelectionOptions {
  std::vector<std::string> labels;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
  }
};

/// What one figure shows: probabilities over steps or over layers.
struct Course {
  std::string axis;  // "step" or "layer"
  std::vector<std::string> tasks, places;
  std::vector<Eigen::MatrixXd> probability;  // [T][places, R]
  Eigen::MatrixXd chosen;                    // [places, T]
  bool several_seeds = false;
};

Course over_steps(Selection selection) {
  Course course{"step",
                std::move(selection.tasks),
                {},
                std::move(selection.probability),
                std::move(selection.chosen),
                selection.seeds > 1};
  for (const std::int64_t step : selection.steps) course.places.push_back(std::to_string(step));
  return course;
}

Course over_layers(LayerSelection selection) {
  return {"layer",
          std::move(selection.tasks),
          std::move(selection.layers),
          std::move(selection.probability),
          std::move(selection.chosen),
          selection.seeds > 1};
}

/// Over steps where there are enough evaluations, else over the layers in the last one.
Course read_course(const RunGroup& group) {
  auto selection = read_selection(group);
  if (!selection) throw NothingToDraw("no selector is recorded");
  if (!selection->probability.front().allFinite()) {
    throw NothingToDraw("its selector gives no probabilities");
  }
  if (selection->steps.size() >= kFewestEvaluations) return over_steps(std::move(*selection));
  return over_layers(*read_layer_selection(group));
}

/// One panel per task: steps or layers along x, ranks upwards.
std::vector<HeatMap> maps(const Course& course) {
  std::vector<std::string> ranks;
  for (Eigen::Index r = 1; r <= course.probability.front().cols(); ++r) {
    ranks.push_back(std::to_string(r));
  }
  std::vector<HeatMap> result;
  for (std::size_t t = 0; t < course.tasks.size(); ++t) {
    const Eigen::VectorXd chosen = course.chosen.col(static_cast<Eigen::Index>(t));
    result.push_back({.title = course.tasks[t],
                      .rows = course.places,
                      .columns = ranks,
                      .value = course.probability[t],
                      .mark = {chosen.begin(), chosen.end()}});
  }
  return result;
}

HeatStyle style(const std::string& name, const RunGroup& group, const Course& course,
                const std::vector<HeatMap>& panels) {
  HeatStyle style{.name = name};
  style.heading =
      fmt::format("{}: probability of each rank, mean over {}sites{}; dot: mean chosen rank{}",
                  group.label, course.axis == "layer" ? "the layer’s " : "",
                  course.several_seeds ? " and seeds" : "", gate_note(group));
  style.source = source_of(group);
  style.panel_name = "task";
  style.row_name = style.row_axis = course.axis;
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
  return draw_each_label(request, options.labels, "selection",
                         [&](const RunGroup& group, const std::string& name, FigureFiles& result) {
                           const Course course = read_course(group);
                           const std::vector<HeatMap> panels = maps(course);
                           HeatStyle look = style(name, group, course, panels);
                           look.width = request.width;
                           result.draw(heat_drawing(panels, look), request);
                         });
}

const RegisterFigure selection_registration("selection",
                                            "a selector's probabilities of ranks over steps, or "
                                            "over layers where there are few evaluations",
                                            draw_selection);

}  // namespace

}  // namespace rankwise::analysis
