#include "analysis/figures/figure.h"
#include "analysis/measures/training_curves.h"
#include "analysis/output/line_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/option_words.h"
#include "analysis/runs/run_source.h"
#include "analysis/runs/task_scores.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace rankwise::analysis {
namespace {

struct TrainingOptions {
  std::vector<std::string> labels;
  std::int64_t window = 0;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
    field("window", self.window, "steps of the moving mean; 0: a tenth of the run", not_negative());
  }
};

/// Whether no step is left out, as in a summary of a long run.
bool every_step(const std::vector<LossCurve>& curves) {
  return std::all_of(curves.begin(), curves.end(), [](const LossCurve& curve) {
    return curve.step.empty() || curve.step.back() - curve.step.front() + 1 ==
                                     static_cast<std::int64_t>(curve.step.size());
  });
}

bool has_loss(const LossCurve& curve) {
  return std::any_of(curve.loss.begin(), curve.loss.end(),
                     [](double loss) { return std::isfinite(loss); });
}

/// The moving mean of a label's loss, with the loss of each step beside it.
Line loss_line(const LossCurve& curve, std::size_t window) {
  const std::vector<double> none(curve.step.size(), std::numeric_limits<double>::quiet_NaN());
  return {.label = curve.label,
          .x = {curve.step.begin(), curve.step.end()},
          .y = moving_mean(curve.loss, window),
          .low = none,
          .high = none,
          .beside = curve.loss};
}

void draw_loss(const std::vector<LossCurve>& curves, std::size_t window, const RunSet& runs,
               const FigureRequest& request, FigureFiles& result) {
  LinePanel panel{"training loss", {}};
  for (const LossCurve& curve : curves) panel.lines.push_back(loss_line(curve, window));
  LineStyle style{.name = "training_loss"};
  style.heading = fmt::format("Training loss{}, moving mean of {} {}",
                              several_seeds(runs) ? ", mean over seeds" : "", window,
                              every_step(curves) ? "steps" : "of the steps kept");
  style.source = source_of(runs);
  style.width = request.width;
  style.looks = request.looks();
  style.x_name = style.x_axis = "step";
  style.y_name = "moving_mean";
  style.y_axis = "training loss";
  style.beside_name = "loss";
  style.low = 0;
  style.markers = false;
  result.draw_lines({panel}, style, request);
}

/// The panel of that title, which is added where it is new.
LinePanel& panel_of(const std::string& title, std::vector<LinePanel>& panels) {
  const auto found = std::find_if(panels.begin(), panels.end(),
                                  [&](const LinePanel& panel) { return panel.title == title; });
  return found != panels.end() ? *found : panels.emplace_back(LinePanel{title, {}});
}

/// In percent where all metrics rise, as in tables.
Line to_line(const ScoreCurve& curve, double factor) {
  Line line{curve.label};
  for (std::size_t i = 0; i < curve.step.size(); ++i) {
    line.add(static_cast<double>(curve.step[i]), factor * curve.mean[i], factor * curve.low[i],
             factor * curve.high[i]);
  }
  return line;
}

/// The curves of all labels that have a course, task by task.
std::vector<ScoreCurve> courses(const RunSet& runs, FigureFiles& result) {
  std::vector<ScoreCurve> curves;
  for (const RunGroup& group : runs.groups) {
    for (ScoreCurve& curve : score_curves(group)) {
      if (curve.step.size() < kFewestEvaluations) {
        result.leave_out(group.label, "scores: " + too_few_evaluations(curve.step.size()));
      } else {
        curves.push_back(std::move(curve));
      }
    }
  }
  return curves;
}

/// One small panel per task, all with the same axes.
void draw_scores(const RunSet& runs, const FigureRequest& request, FigureFiles& result) {
  const std::vector<ScoreCurve> curves = courses(runs, result);
  if (curves.empty()) return;
  std::set<std::string> metrics;
  for (const ScoreCurve& curve : curves) metrics.insert(curve.metric);
  const double factor = std::all_of(metrics.begin(), metrics.end(), higher_is_better) ? 100 : 1;
  std::vector<LinePanel> panels;
  for (const ScoreCurve& curve : curves) {
    const std::string metric = metrics.size() > 1 ? ", " + metric_in_words(curve.metric) : "";
    panel_of(curve.task + metric, panels).lines.push_back(to_line(curve, factor));
  }
  leave_out_empty(panels, result);
  LineStyle style{.name = "training_scores"};
  style.heading =
      fmt::format("Dev {}{}{}", metrics.size() > 1 ? "scores" : metric_in_words(*metrics.begin()),
                  factor > 1 ? " × 100" : "",
                  several_seeds(runs) ? ", mean over seeds; band: lowest to highest seed" : "");
  style.source = source_of(runs);
  style.width = request.width;
  style.looks = request.looks();
  style.panel_name = "task";
  style.x_name = style.x_axis = "step";
  style.y_name = "mean";
  style.y_axis = "dev score";
  style.markers = style.room = few_points(panels);
  result.draw_lines(panels, style, request);
}

FigureFiles draw_training(const FigureRequest& request, const TrainingOptions& options) {
  const RunSet runs = choose_labels(request.runs, options.labels);
  FigureFiles result;
  std::vector<LossCurve> curves;
  std::size_t steps = 0;
  for (const RunGroup& group : runs.groups) {
    curves.push_back(loss_curve(group));
    if (!has_loss(curves.back())) result.leave_out(group.label, "it has no finite loss");
    steps = std::max(steps, curves.back().step.size());
  }
  const auto window = options.window > 0 ? static_cast<std::size_t>(options.window)
                                         : std::max<std::size_t>(1, steps / 10);
  check(steps > 0, "the runs record no steps");
  check(std::any_of(curves.begin(), curves.end(), has_loss), "nothing to draw: {}",
        result.reasons());
  draw_loss(curves, window, runs, request, result);
  draw_scores(runs, request, result);
  return result;
}

const RegisterFigure training_registration(
    "training",
    "training loss over steps, and dev scores of each task over evaluations, all labels",
    draw_training);

}  // namespace

}  // namespace rankwise::analysis
