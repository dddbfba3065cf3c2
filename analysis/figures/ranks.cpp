#include "analysis/figures/figure.h"
#include "analysis/measures/gate_entropy.h"
#include "analysis/measures/task_ranks.h"
#include "analysis/output/line_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_source.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
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

/// Whether the true ranks are what it has, from the first evaluation to the last.
bool has_the_true_ranks(const TaskRanks& ranks) {
  return !ranks.truth.empty() &&
         std::all_of(ranks.chosen.begin(), ranks.chosen.end(),
                     [&](const auto& step) { return step.second == ranks.truth; });
}

/// The line of the true ranks stands for labels that have them given.
void leave_out_given(Labelled& groups, FigureFiles& result) {
  const auto is_given = [](const auto& group) { return has_the_true_ranks(group.second); };
  if (std::all_of(groups.begin(), groups.end(), is_given)) return;
  for (const auto& group : groups) {
    if (is_given(group)) {
      result.leave_out(group.first, fmt::format("its ranks are those of the line '{}'", kTrue));
    }
  }
  std::erase_if(groups, is_given);
}

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

/// From rank 1 to the next whole one above all that is drawn, in whole steps.
Axis rank_axis(const std::vector<LinePanel>& panels, bool bands) {
  double most = 2;
  for (const LinePanel& panel : panels) {
    for (const Line& line : panel.lines) {
      for (const double value : line.y) most = std::fmax(most, value);
      for (const double value : line.high) most = std::fmax(most, bands ? value : most);
    }
  }
  const double high = std::ceil(most), step = panels.size() > 1 && high > 4 ? 2 : 1;
  return {1, 1 + step * std::ceil((high - 1) / step), step};
}

/// "; gate entropy at the end, of a uniform gate's: more 0.98; gumbel 0.41": an argmax of a flat
/// gate is no decision. Empty where no selector gives probabilities.
std::string gate_entropies(const RunSet& runs, const Labelled& groups) {
  std::string text;
  for (const RunGroup& group : runs.groups) {
    const bool drawn = std::any_of(groups.begin(), groups.end(),
                                   [&](const auto& other) { return other.first == group.label; });
    const auto gate = drawn ? gate_entropy(group) : std::nullopt;
    if (!gate) continue;
    text += text.empty() ? "; gate entropy at the end, of a uniform gate's: " : "; ";
    text += fmt::format("{} {:.2f}", group.label, gate->entropy);
  }
  return text;
}

LineStyle ranks_style(const std::vector<LinePanel>& panels, const std::string& name,
                      const std::string& over, bool several_seeds, bool bands) {
  LineStyle style{.name = name};
  style.bands = bands;
  style.heading =
      fmt::format("Chosen rank, mean over {}{}{}", over, several_seeds ? " and seeds" : "",
                  several_seeds && bands ? "; band: 95 % t-interval" : "");
  style.reference = kTrue;
  style.panel_name = "task";
  style.x_name = "step";
  style.y_name = "rank";
  style.x_axis = "step";
  style.y_axis = over == "sites" ? "rank" : "mean chosen rank";
  style.fixed_axis = rank_axis(panels, bands);
  style.markers = style.room = few_points(panels);
  return style;
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
  const RunSet runs = choose_labels(request.runs, options.labels);
  for (const RunGroup& group : runs.groups) {
    auto ranks = read_task_ranks(group);
    if (!ranks) {
      result.leave_out(group.label, "no rank is chosen by task");
    } else if (ranks->chosen.size() < kFewestEvaluations) {
      result.leave_out(group.label, too_few_evaluations(ranks->chosen.size()));
    } else if (!groups.empty() && ranks->tasks != groups.front().second.tasks) {
      result.leave_out(group.label, "has other tasks than the first label");
    } else {
      groups.emplace_back(group.label, std::move(*ranks));
    }
  }
  check(!groups.empty(), "nothing to draw: {}", result.reasons());
  leave_out_given(groups, result);
  const std::string gates = gate_entropies(runs, groups);
  const auto mean = [](const Eigen::VectorXd& seed) { return seed.mean(); };
  const auto add = [&](std::vector<LinePanel> panels, const std::string& name,
                       const std::string& over, bool bands) {
    leave_out_empty(panels, result);
    LineStyle style = ranks_style(panels, name, over, several_seeds(runs), bands);
    style.heading += gates;
    style.source = source_of(runs);
    style.width = request.width;
    style.looks = request.looks();
    result.draw_lines(panels, style, request);
  };
  add({panel("mean over tasks", groups, mean)}, "ranks", "tasks and sites", true);
  if (options.tasks) add(task_panels(groups), "ranks_tasks", "sites", groups.size() <= kMostBands);
  return result;
}

const RegisterFigure ranks_registration(
    "ranks", "chosen rank over steps, over all tasks and of each one, with bands over seeds",
    draw_ranks);

}  // namespace

}  // namespace rankwise::analysis
