#include "analysis/figures/figure.h"
#include "analysis/measures/run_number.h"
#include "analysis/output/line_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/config_difference.h"
#include "analysis/runs/config_sweep.h"
#include "analysis/runs/option_words.h"
#include "analysis/runs/run_footers.h"
#include "analysis/runs/run_source.h"
#include "analysis/statistics/statistics.h"
#include "analysis/statistics/within_seed.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

namespace rankwise::analysis {
namespace {

struct SweepOptions {
  std::vector<std::string> labels;
  std::string axis;
  std::string scale = "auto";
  NumberChoice score;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
    field(
        "axis", self.axis,
        "number of the config, such as options.rank; empty: each one in which labels differ alone");
    field("scale", self.scale,
          "of the axis; even: its values at equal distances; auto: even where "
          "a value is zero and others are not alike, log where they are far apart",
          one_of({"auto", "linear", "log", "even"}));
    NumberChoice::visit(self.score, field);
  }
};

using Values = std::set<double>;

/// Linear where values lie less than a factor of 8 apart.
std::string scale_of(const Values& values, const std::string& wanted) {
  check(wanted != "log" || *values.begin() > 0, "scale: {} cannot stand on a log axis; use even",
        *values.begin());
  if (wanted != "auto") return wanted;
  if (*values.begin() > 0) return *values.rbegin() >= 8 * *values.begin() ? "log" : "linear";
  const auto second = std::next(values.begin());
  const bool wide = *values.begin() == 0 && values.size() > 2 && *values.rbegin() >= 8 * *second;
  return wide ? "even" : "linear";
}

/// Where a value stands on the axis.
double place_of(double value, const Values& values, const std::string& scale) {
  if (scale != "even") return value;
  return static_cast<double>(std::distance(values.begin(), values.find(value)));
}

/// Where the values of an axis stand on it.
struct SweepPlaces {
  const Values& all;
  std::string scale;

  double of(double value) const { return place_of(value, all, scale); }
};

/// One point of a line, with the scores of its runs by seed.
struct SweepPoint {
  std::size_t line = 0;
  double at = 0;
  std::vector<std::int64_t> seeds;
  std::vector<double> scores;
};

/// Those that have a score, line by line.
std::vector<SweepPoint> scored_points(const ConfigSweep& sweep, const RunSet& runs,
                                      const NumberChoice& choice, double factor) {
  std::vector<SweepPoint> points;
  for (std::size_t i = 0; i < sweep.lines.size(); ++i) {
    for (const auto& [at, group] : sweep.lines[i].point) {
      SweepPoint point{i, at, {}, {}};
      for (const Run& run : runs.groups[group].runs) {
        const auto score = run_score(run.file(), choice);
        if (!score) continue;
        point.seeds.push_back(run.seed);
        point.scores.push_back(factor * *score);
      }
      if (!point.scores.empty()) points.push_back(std::move(point));
    }
  }
  return points;
}

/// What the bars show: all points of one figure have their seeds in common, and are to be compared.
std::optional<std::vector<Interval>> shared_intervals(const std::vector<SweepPoint>& points) {
  std::vector<std::vector<double>> scores;
  for (const SweepPoint& point : points) {
    if (point.seeds != points.front().seeds) return std::nullopt;
    scores.push_back(point.scores);
  }
  return within_seed_intervals(scores);
}

std::vector<Line> lines_of(const ConfigSweep& sweep, const std::vector<SweepPoint>& points,
                           const std::optional<std::vector<Interval>>& intervals,
                           const SweepPlaces& places) {
  std::vector<Line> lines;
  for (const SweepLine& line : sweep.lines) lines.push_back({line.name});
  for (std::size_t i = 0; i < points.size(); ++i) {
    Line& line = lines[points[i].line];
    const double at = places.of(points[i].at);
    if (intervals) {
      line.add(at, mean_std(points[i].scores).mean, (*intervals)[i].low, (*intervals)[i].high);
    } else {
      line.add_mean(at, points[i].scores);
    }
  }
  return lines;
}

void add_sweep(const ConfigSweep& sweep, const std::string& name, const RunSet& runs,
               const SweepOptions& options, const FigureRequest& request, FigureFiles& result) {
  const ScoreName score = score_name(runs, options.score);
  Values values;
  for (const SweepLine& line : sweep.lines) {
    for (const auto& [at, group] : line.point) values.insert(at);
  }
  const std::string scale = scale_of(values, options.scale);
  LineStyle style{.name = "sweep_" + name};
  const std::vector<SweepPoint> points = scored_points(sweep, runs, options.score, score.factor);
  const auto intervals = shared_intervals(points);
  std::vector<LinePanel> panels = {
      {sweep.axis, lines_of(sweep, points, intervals, {values, scale})}};
  leave_out_empty(panels, result);
  for (const double value : values) {
    style.x_tics.emplace_back(place_of(value, values, scale), fmt::format("{:g}", value));
  }
  style.heading = score_heading(score, several_seeds(runs),
                                intervals ? "95 % within-seed interval" : "95 % t-interval");
  style.panel_name = "axis";
  style.x_name = "place";
  style.tic_name = "value";
  style.y_name = "mean";
  style.x_axis = option_in_words(sweep.axis);
  style.y_axis = score.text;
  style.log_x = scale == "log";
  style.bars = true;
  style.source = source_of(runs);
  style.width = request.width;
  style.looks = request.looks();
  result.draw_lines(panels, style, request);
}

FigureFiles draw_sweep(const FigureRequest& request, const SweepOptions& options) {
  const RunSet runs = choose_labels(request.runs, options.labels);
  check_one_protocol(runs);
  const auto axes = options.axis.empty() ? sweep_axes(runs) : std::vector{options.axis};
  std::vector<std::string> names(axes.size());
  std::transform(axes.begin(), axes.end(), names.begin(), option_name);
  names = file_names(names);
  FigureFiles result;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const ConfigSweep sweep = find_sweep(runs, axes[i]);
    for (const std::string& label : sweep.left_out) {
      result.leave_out(label, fmt::format("no other label differs in {} alone", axes[i]));
    }
    add_sweep(sweep, names[i], runs, options, request, result);
  }
  return result;
}

const RegisterFigure sweep_registration(
    "sweep", "a score over one number of the config, a line for labels that differ in it alone",
    draw_sweep);

}  // namespace

}  // namespace rankwise::analysis
