#include "analysis/figures/figure.h"
#include "analysis/measures/training_curves.h"
#include "analysis/output/figure_style.h"
#include "analysis/output/line_figure.h"
#include "analysis/output/table.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_footers.h"
#include "framework/core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
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

using Strings = std::vector<std::string>;

std::string line_style(std::size_t series, double width, const char* transparency = "00") {
  return fmt::format("lc rgb '#{}{}' lw {} dt {}", transparency, series_colour(series).substr(1),
                     width, series_dash(series));
}

std::string loss_csv(const std::vector<LossCurve>& curves, std::size_t window) {
  std::string csv = csv_line({"label", "step", "loss", "moving_mean"});
  for (const LossCurve& curve : curves) {
    const std::vector<double> smooth = moving_mean(curve.loss, window);
    for (std::size_t i = 0; i < curve.step.size(); ++i) {
      csv += csv_line({curve.label, std::to_string(curve.step[i]), csv_number(curve.loss[i]),
                       csv_number(smooth[i])});
    }
  }
  return csv;
}

/// A curve's lines of the CSV; `next` is moved behind them.
std::string rows(std::size_t count, std::size_t& next) {
  const std::size_t first = next;
  next += count;
  return fmt::format("data skip 1 every ::{}::{} using ", first, next - 1);
}

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

/// Every step as a thin line, the moving mean over it.
Drawing loss_drawing(const std::vector<LossCurve>& curves, std::size_t window, const RunSet& runs) {
  Drawing drawing{.name = "training_loss", .font_size = 7};
  drawing.csv = loss_csv(curves, window);
  Strings raw, smooth;
  std::size_t next = 0;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const std::string lines = rows(curves[i].step.size(), next);
    if (!has_loss(curves[i])) continue;
    raw.push_back(lines + "2:3 with lines " + line_style(i, 0.5, "C0"));
    smooth.push_back(lines + "2:4 with lines " + line_style(i, 1.5));
  }
  const Legend legend{.labels = runs.labels(), .points = false};
  const double bottom = legend.height(drawing) + 0.4;
  drawing.height = bottom + 1.7;
  drawing.script = place({0.45, bottom, drawing.width - 0.6, 1.6}, drawing) + thin_axes() +
                   legend.commands(drawing) +
                   fmt::format(
                       "unset key\nset xlabel 'step' offset 0,0.6\n"
                       "set ylabel 'training loss, mean of {} {}' offset 1.2,0\n"
                       "set yrange [0:*]\nset xrange [0:*]\nplot {}, \\\n  {}\n",
                       window, every_step(curves) ? "steps" : "of the steps kept",
                       fmt::join(raw, ", \\\n  "), fmt::join(smooth, ", \\\n  "));
  return drawing;
}

/// The panel of that title, which is added where it is new.
LinePanel& panel_of(const std::string& title, std::vector<LinePanel>& panels) {
  const auto found = std::find_if(panels.begin(), panels.end(),
                                  [&](const LinePanel& panel) { return panel.title == title; });
  return found != panels.end() ? *found : panels.emplace_back(LinePanel{title, {}});
}

Line to_line(const ScoreCurve& curve) {
  return {curve.label, {curve.step.begin(), curve.step.end()}, curve.mean, curve.low, curve.high};
}

/// One small panel per task, all with the same axes.
Drawing scores_drawing(const RunSet& runs, FigureFiles& result) {
  std::vector<ScoreCurve> curves;
  std::set<std::string> metrics;
  for (const RunGroup& group : runs.groups) {
    for (ScoreCurve& curve : score_curves(group)) {
      metrics.insert(curve.metric);
      curves.push_back(std::move(curve));
    }
  }
  check(!curves.empty(), "the runs record no evaluations");
  std::vector<LinePanel> panels;
  for (const ScoreCurve& curve : curves) {
    const std::string metric = metrics.size() > 1 ? ", " + curve.metric : "";
    panel_of(curve.task + metric, panels).lines.push_back(to_line(curve));
  }
  leave_out_empty(panels, result);
  LineStyle style{.name = "training_scores"};
  style.heading = fmt::format(
      "Dev {}{}", metrics.size() > 1 ? "scores" : *metrics.begin(),
      several_seeds(runs) ? ", mean over seeds; band: lowest to highest seed" : ", one seed");
  style.panel_name = "task";
  style.x_name = style.x_axis = "step";
  style.y_name = "mean";
  style.y_axis = "dev score";
  style.markers = style.room = few_points(panels);
  return line_drawing(panels, style);
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
  const Drawing scores = scores_drawing(runs, result);
  result.add(draw(loss_drawing(curves, window, runs), request.out));
  result.add(draw(scores, request.out));
  return result;
}

const RegisterFigure training_registration(
    "training",
    "training loss over steps, and dev scores of each task over evaluations, all labels",
    draw_training);

}  // namespace

}  // namespace rankwise::analysis
