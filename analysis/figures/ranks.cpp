#include "analysis/figures/figure.h"
#include "analysis/measures/task_ranks.h"
#include "analysis/output/line_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace rankwise::analysis {
namespace {

constexpr const char* kTrue = "true rank";

struct RanksOptions {
  std::vector<std::string> labels;
  bool tasks = true;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
    field("tasks", self.tasks, "draw one panel per task as well");
  }
};

/// A number of each seed over steps.
template <class OfSeed>
Line over_steps(const std::string& label, const TaskRanks& ranks, const OfSeed& of_seed) {
  Line line{label};
  for (const auto& [step, seeds] : ranks.chosen) {
    std::vector<double> values;
    for (const Eigen::VectorXd& seed : seeds) values.push_back(of_seed(seed));
    line.add_mean(static_cast<double>(step), values);
  }
  return line;
}

/// The mean of the true ranks as a level line over the same steps.
template <class OfSeed>
Line true_line(const TaskRanks& ranks, const OfSeed& of_seed) {
  double sum = 0;
  for (const Eigen::VectorXd& seed : ranks.truth) sum += of_seed(seed);
  const double mean = sum / static_cast<double>(ranks.truth.size());
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  Line line{kTrue};
  for (const auto& step : {*ranks.chosen.begin(), *ranks.chosen.rbegin()}) {
    line.add(static_cast<double>(step.first), mean, kNone, kNone);
  }
  return line;
}

using Labelled = std::vector<std::pair<std::string, TaskRanks>>;

template <class OfSeed>
LinePanel panel(const std::string& title, const Labelled& groups, const OfSeed& of_seed) {
  LinePanel result{title, {}};
  for (const auto& [label, ranks] : groups) {
    result.lines.push_back(over_steps(label, ranks, of_seed));
  }
  const auto known = std::find_if(groups.begin(), groups.end(),
                                  [](const auto& group) { return !group.second.truth.empty(); });
  if (known != groups.end()) result.lines.push_back(true_line(known->second, of_seed));
  return result;
}

/// Bands of many lines would hide each other in small panels.
constexpr std::size_t kMostBands = 4;

Drawing ranks_drawing(const std::vector<LinePanel>& panels, const std::string& name,
                      const std::string& over, std::size_t seeds, bool bands) {
  LineStyle style{.name = name};
  style.bands = bands;
  style.heading = fmt::format("Chosen rank, mean over {}, {}{}", over,
                              seeds > 1 ? fmt::format("{} seeds", seeds) : "one seed",
                              seeds > 1 && bands ? "; band: 95 % t-interval" : "");
  style.reference = kTrue;
  style.panel_name = "task";
  style.x_name = "step";
  style.y_name = "rank";
  style.x_axis = "step";
  style.y_axis = over == "sites" ? "rank" : "mean chosen rank";
  style.low = 1;
  style.markers = style.room = few_points(panels);
  return line_drawing(panels, style);
}

std::vector<LinePanel> task_panels(const Labelled& groups) {
  std::vector<LinePanel> panels;
  const auto& tasks = groups.front().second.tasks;
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    panels.push_back(panel(tasks[t], groups, [&](const Eigen::VectorXd& seed) {
      return seed(static_cast<Eigen::Index>(t));
    }));
  }
  return panels;
}

FigureFiles draw_ranks(const FigureRequest& request, const RanksOptions& options) {
  FigureFiles result;
  Labelled groups;
  std::size_t seeds = 0;
  for (const RunGroup& group : choose_labels(request.runs, options.labels).groups) {
    auto ranks = read_task_ranks(group);
    if (!ranks) {
      result.leave_out(group.label, "no rank is chosen by task");
    } else if (!groups.empty() && ranks->tasks != groups.front().second.tasks) {
      result.leave_out(group.label, "has other tasks than the first label");
    } else {
      groups.emplace_back(group.label, std::move(*ranks));
      seeds = std::max(seeds, group.runs.size());
    }
  }
  check(!groups.empty(), "no run chose ranks by task: {}", result.reasons());
  const auto mean = [](const Eigen::VectorXd& seed) { return seed.mean(); };
  const auto add = [&](std::vector<LinePanel> panels, const std::string& name,
                       const std::string& over, bool bands) {
    leave_out_empty(panels, result);
    result.add(draw(ranks_drawing(panels, name, over, seeds, bands), request.out));
  };
  add({panel("mean over tasks", groups, mean)}, "ranks", "tasks, sites", true);
  if (options.tasks) add(task_panels(groups), "ranks_tasks", "sites", groups.size() <= kMostBands);
  return result;
}

const RegisterFigure ranks_registration(
    "ranks", "chosen rank over steps, over all tasks and of each one, with bands over seeds",
    draw_ranks);

}  // namespace

}  // namespace rankwise::analysis
