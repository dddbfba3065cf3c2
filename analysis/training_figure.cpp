#include "analysis/chosen_labels.h"
#include "analysis/figure.h"
#include "analysis/figure_style.h"
#include "analysis/table.h"
#include "analysis/training_curves.h"
#include "framework/core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace rankwise {
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

std::string number(double value) { return fmt::format("{:.6g}", value); }

std::string line_style(std::size_t series, double width, const char* transparency = "00") {
  return fmt::format("lc rgb '#{}{}' lw {} dt {}", transparency, series_colour(series).substr(1),
                     width, series_dash(series));
}

std::string loss_csv(const std::vector<LossCurve>& curves, std::size_t window) {
  std::string csv = csv_line({"label", "step", "loss", "moving_mean"});
  for (const LossCurve& curve : curves) {
    const std::vector<double> smooth = moving_mean(curve.loss, window);
    for (std::size_t i = 0; i < curve.step.size(); ++i) {
      csv += csv_line(
          {curve.label, std::to_string(curve.step[i]), number(curve.loss[i]), number(smooth[i])});
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

/// Every step as a thin line, the moving mean over it.
Drawing loss_drawing(const std::vector<LossCurve>& curves, std::size_t window, const RunSet& runs) {
  Drawing drawing{.name = "training_loss", .font_size = 7};
  drawing.csv = loss_csv(curves, window);
  Strings raw, smooth;
  std::size_t next = 0;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    if (curves[i].step.empty()) continue;
    const std::string lines = rows(curves[i].step.size(), next);
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

/// The curves of one label, and one panel's name.
struct Scores {
  std::vector<std::vector<ScoreCurve>> of_labels;
  std::vector<std::pair<std::string, std::string>> tasks;  // with their metric
};

Scores read_scores(const RunSet& runs) {
  Scores scores;
  for (const RunGroup& group : runs.groups) {
    scores.of_labels.push_back(score_curves(group));
    for (const ScoreCurve& curve : scores.of_labels.back()) {
      const std::pair panel(curve.task, curve.metric);
      if (std::find(scores.tasks.begin(), scores.tasks.end(), panel) == scores.tasks.end()) {
        scores.tasks.push_back(panel);
      }
    }
  }
  return scores;
}

std::string scores_csv(const Scores& scores) {
  std::string csv = csv_line({"label", "task", "metric", "step", "mean", "low", "high"});
  for (const auto& curves : scores.of_labels) {
    for (const ScoreCurve& curve : curves) {
      for (std::size_t i = 0; i < curve.step.size(); ++i) {
        csv += csv_line({curve.label, curve.task, curve.metric, std::to_string(curve.step[i]),
                         number(curve.mean[i]), number(curve.low[i]), number(curve.high[i])});
      }
    }
  }
  return csv;
}

/// The axes of all panels, so that heights can be compared: scores rounded out to fifths.
struct ScoreAxes {
  double low = 0, high = 1;
  std::int64_t last = 1;  // step
};

ScoreAxes shared_axes(const Scores& scores) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  std::int64_t last = 1;
  for (const auto& curves : scores.of_labels) {
    for (const ScoreCurve& curve : curves) {
      for (const double value : curve.low) low = std::fmin(low, value);  // passes over NaN
      for (const double value : curve.high) high = std::fmax(high, value);
      last = std::max(last, curve.step.back());
    }
  }
  low = std::isfinite(low) ? std::floor(low * 5) / 5 : 0;
  high = std::isfinite(high) ? std::max(low + 0.2, std::ceil(high * 5) / 5) : 1;
  return {low, high, last};
}

std::string axes_commands(const ScoreAxes& axes) {
  return fmt::format("set yrange [{:.1f}:{:.1f}]\nset ytics {}\n", axes.low, axes.high,
                     axes.high - axes.low > 1.5 ? "autofreq" : "0.2") +
         fmt::format("set xrange [0:{0}]\nset xtics (0,{1},{0})\n", axes.last, axes.last / 2);
}

/// The height of the metric's name in a task's panel: above where scores lie low.
double free_height(const Scores& scores, const std::string& task, const ScoreAxes& axes) {
  const double lowest_third = axes.low + (axes.high - axes.low) / 3;
  for (const auto& curves : scores.of_labels) {
    for (const ScoreCurve& curve : curves) {
      if (curve.task == task && curve.low.back() < lowest_third) return 0.88;
    }
  }
  return 0.12;
}

/// Where a label's curve of a task stands in the CSV, by [label][task name].
using CurveRows = std::vector<std::map<std::string, std::string>>;

CurveRows curve_rows(const Scores& scores) {
  CurveRows result;
  std::size_t next = 0;
  for (const auto& curves : scores.of_labels) {
    auto& by_task = result.emplace_back();
    for (const ScoreCurve& curve : curves) by_task[curve.task] = rows(curve.step.size(), next);
  }
  return result;
}

/// The lines of every label for one task, over bands from the lowest to the highest seed.
std::string score_plot(const CurveRows& curves, const std::string& task) {
  Strings bands, lines;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const auto found = curves[i].find(task);
    if (found == curves[i].end()) continue;
    bands.push_back(fmt::format("{}4:6:7 with filledcurves fs solid noborder lc rgb '#D0{}'",
                                found->second, series_colour(i).substr(1)));
    lines.push_back(found->second + "4:5 with linespoints " + line_style(i, 1) +
                    fmt::format(" pt {} ps 0.35", series_shape(i)));
  }
  bands.insert(bands.end(), lines.begin(), lines.end());
  return fmt::format("plot {}\n", fmt::join(bands, ", \\\n  "));
}

/// One small panel a task, all with the same axes.
Drawing scores_drawing(const Scores& scores, const RunSet& runs) {
  Drawing drawing{.name = "training_scores", .font_size = 7};
  const Legend legend{.labels = runs.labels()};
  const std::size_t tasks = scores.tasks.size(), rows_of_panels = (tasks - 1) / 3 + 1;
  const std::size_t columns = (tasks - 1) / rows_of_panels + 1;
  const double left = 0.42, height = 0.62, down = height + 0.2;
  const double pitch = (drawing.width - left) / static_cast<double>(columns);
  drawing.height = legend.height(drawing) + 0.36 + static_cast<double>(rows_of_panels) * down;
  const Grid grid{{left, drawing.height - down, pitch - 0.2, height}, columns, pitch, down};
  drawing.csv = scores_csv(scores);
  const ScoreAxes axes = shared_axes(scores);
  drawing.script = thin_axes() + axes_commands(axes) +
                   "set title offset 0,-0.9 font ',6'\nunset key\n" + legend.commands(drawing) +
                   "set multiplot\n";
  const CurveRows curves = curve_rows(scores);
  for (std::size_t i = 0; i < tasks; ++i) {
    const auto& [task, metric] = scores.tasks[i];
    const bool lowest = i + columns >= tasks, leftmost = i % columns == 0;
    drawing.script +=
        place(grid.at(i), drawing) +
        fmt::format(
            "set title {}\nset label 1000 {} at graph 0.97,{} right font "
            "',5.5'\n",
            gnuplot_string(task), gnuplot_string(metric), free_height(scores, task, axes)) +
        (lowest ? "set format x '%g'\nset xlabel 'step' offset 0,0.7\n"
                : "set format x ''\nunset xlabel\n") +
        (leftmost ? "set format y '%g'\nset ylabel 'dev score' offset 1.2,0\n"
                  : "set format y ''\nunset ylabel\n") +
        score_plot(curves, task) + "unset label\nunset arrow\n";
  }
  drawing.script += "unset multiplot\n";
  return drawing;
}

FigureFiles draw_training(const FigureRequest& request) {
  const auto options = parse_options<TrainingOptions>(request.options, "figure training: options");
  const RunSet runs = choose_labels(request.runs, options.labels);
  std::vector<LossCurve> curves;
  std::size_t steps = 0;
  for (const RunGroup& group : runs.groups) {
    curves.push_back(loss_curve(group));
    steps = std::max(steps, curves.back().step.size());
  }
  const auto window = options.window > 0 ? static_cast<std::size_t>(options.window)
                                         : std::max<std::size_t>(1, steps / 10);
  const Scores scores = read_scores(runs);
  check(steps > 0 && !scores.tasks.empty(), "the runs record no steps or no evaluations");
  FigureFiles result;
  result.add(draw(loss_drawing(curves, window, runs), request.out));
  result.add(draw(scores_drawing(scores, runs), request.out));
  return result;
}

}  // namespace

Figure training_figure() {
  return {"training loss over steps, and dev scores of each task over evaluations, all labels",
          describe_options<TrainingOptions>(), draw_training};
}

}  // namespace rankwise
