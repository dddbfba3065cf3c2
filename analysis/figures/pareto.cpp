#include "analysis/figures/figure.h"
#include "analysis/measures/run_number.h"
#include "analysis/output/line_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_footers.h"
#include "analysis/runs/run_source.h"
#include "analysis/statistics/pareto_front.h"
#include "analysis/statistics/statistics.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace rankwise::analysis {
namespace {

constexpr const char* kFront = "not dominated";

struct ParetoOptions {
  std::vector<std::string> labels;
  std::string cost = "active";
  NumberChoice score;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
    field(
        "cost", self.cost,
        "parameters that one token uses, that are trained or that are stored beside the backbone, "
        "FLOPs of a token's updates, or the largest resident set",
        one_of({"active", "trainable", "stored", "flops", "memory"}));
    NumberChoice::visit(self.score, field);
  }
};

std::optional<double> attribute(const Run& run, const std::string& name) {
  const auto found = run.attributes.find(name);
  if (found == run.attributes.end() || !found->is_number()) return std::nullopt;
  return found->get<double>();
}

std::optional<double> run_cost(const Run& run, const RunFile& file, const std::string& cost) {
  if (cost == "active") return static_cast<double>(file.parameters().active);
  if (cost == "trainable") return static_cast<double>(file.parameters().trainable);
  if (cost == "stored") return attribute(run, "stored_parameters");
  return attribute(run, cost == "flops" ? "update_flops_per_token" : "peak_memory_mib");
}

std::string cost_axis(const std::string& cost) {
  if (cost == "active") return "trained parameters that one token uses";
  if (cost == "trainable") return "trained parameters";
  if (cost == "stored") return "parameters stored beside the backbone";
  return cost == "flops" ? "FLOPs of a token's updates, forward" : "peak memory, MiB";
}

/// One label's point; its line is empty where a number is missing in every run.
Line to_point(const RunGroup& group, const ParetoOptions& options, double factor) {
  std::vector<double> costs, scores;
  for (const Run& run : group.runs) {
    const RunFile& file = run.file();
    const auto cost = run_cost(run, file, options.cost);
    const auto score = run_score(file, options.score);
    if (!cost || !score) continue;
    costs.push_back(*cost);
    scores.push_back(factor * *score);
  }
  Line line{group.label};
  if (!costs.empty()) line.add_mean(mean_std(costs).mean, scores);
  return line;
}

/// The lines that no other one dominates, by cost.
std::vector<std::size_t> front_of(const std::vector<Line>& lines, bool higher_is_better) {
  std::vector<CostScore> points;
  points.reserve(lines.size());
  for (const Line& line : lines) points.push_back({line.x.front(), line.y.front()});
  return pareto_front(points, higher_is_better);
}

/// A staircase: at each cost the best score so far.
Line front_line(const std::vector<Line>& lines, const std::vector<std::size_t>& front_lines) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  Line front{kFront};
  for (const std::size_t i : front_lines) {
    const double cost = lines[i].x.front();
    if (!front.y.empty()) front.add(cost, front.y.back(), kNone, kNone);
    front.add(cost, lines[i].y.front(), kNone, kNone);
  }
  return front;
}

LineStyle style(const ParetoOptions& options, const ScoreName& score,
                const std::vector<Line>& lines, bool several_seeds) {
  LineStyle style{.name = "pareto_" + options.cost};
  style.heading = score_heading(score, several_seeds) + "; dashed: not dominated";
  style.reference = kFront;
  style.panel_name = "cost_axis";
  style.x_name = "cost";
  style.y_name = "score";
  style.x_axis = cost_axis(options.cost);
  style.y_axis = score.text;
  style.bars = style.room = true;
  style.lines = false;
  style.marker_size = 0.7;
  double least = std::numeric_limits<double>::infinity(), most = 0;
  for (const Line& line : lines) {
    if (line.x.front() > 0) least = std::min(least, line.x.front());
    most = std::max(most, line.x.front());
  }
  style.log_x = most >= 8 * least;
  return style;
}

FigureFiles draw_pareto(const FigureRequest& request, const ParetoOptions& options) {
  const RunSet runs = choose_labels(request.runs, options.labels);
  check_one_protocol(runs);
  const ScoreName score = score_name(runs, options.score);
  check(score.higher_is_better.has_value(),
        "measure: '{}' is neither better high nor low; choose average or a task",
        options.score.measure);
  FigureFiles result;
  std::vector<Line> lines;
  for (const RunGroup& group : runs.groups) {
    Line point = to_point(group, options, score.factor);
    if (!has_numbers(point)) {
      result.leave_out(group.label, fmt::format("no finite {} or no finite score is recorded",
                                                cost_axis(options.cost)));
    } else {
      lines.push_back(std::move(point));
    }
  }
  check(!lines.empty(), "nothing to draw: {}", result.reasons());
  LineStyle look = style(options, score, lines, several_seeds(runs));
  look.source = source_of(runs);
  look.width = request.width;
  look.looks = request.looks();
  const std::vector<std::size_t> front = front_of(lines, *score.higher_is_better);
  for (const std::size_t i : front) look.named.push_back(lines[i].label);
  lines.push_back(front_line(lines, front));
  result.draw_lines({{options.cost, lines}}, look, request);
  return result;
}

const RegisterFigure pareto_registration(
    "pareto", "score against parameters, FLOPs or memory of every label, with those not dominated",
    draw_pareto);

}  // namespace

}  // namespace rankwise::analysis
