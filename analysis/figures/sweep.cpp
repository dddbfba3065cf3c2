#include "analysis/figures/figure.h"
#include "analysis/measures/run_number.h"
#include "analysis/output/line_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/config_difference.h"
#include "analysis/runs/config_sweep.h"
#include "analysis/runs/option_words.h"
#include "analysis/runs/run_footers.h"
#include "analysis/runs/run_source.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

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

Line to_line(const SweepLine& sweep, const RunSet& runs, const NumberChoice& choice, double factor,
             const SweepPlaces& places) {
  Line line{sweep.name};
  for (const auto& [at, group] : sweep.point) {
    std::vector<double> scores;
    for (const Run& run : runs.groups[group].runs) {
      if (const auto score = run_score(run.file(), choice)) scores.push_back(factor * *score);
    }
    if (!scores.empty()) line.add_mean(places.of(at), scores);
  }
  return line;
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
  std::vector<LinePanel> panels = {{sweep.axis, {}}};
  for (const SweepLine& line : sweep.lines) {
    panels.front().lines.push_back(
        to_line(line, runs, options.score, score.factor, {values, scale}));
  }
  leave_out_empty(panels, result);
  for (const double value : values) {
    style.x_tics.emplace_back(place_of(value, values, scale), fmt::format("{:g}", value));
  }
  style.heading = score_heading(score, several_seeds(runs));
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
