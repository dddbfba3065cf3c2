#include "analysis/figures/figure.h"
#include "analysis/measures/run_number.h"
#include "analysis/output/line_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_footers.h"
#include "analysis/statistics/performance_profile.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace rankwise::analysis {
namespace {

struct ProfilesOptions {
  std::vector<std::string> labels;
  std::string split = "test";
  std::string parameters = "best";

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
    field("split", self.split, "examples that were scored", one_of({"dev", "test"}));
    field("parameters", self.parameters, "of the best evaluation or the last step",
          one_of({"best", "last"}));
  }
};

/// Empty where a run of the group misses a task's score, or has one that is not finite.
TaskRuns read_scores(const RunGroup& group, const NumberChoice& choice) {
  TaskRuns scores;
  for (const Run& run : group.runs) {
    const RunFile& file = run.file();
    const std::vector<double> of_run = task_scores(file, choice);
    if (of_run.empty() || of_run.size() != file.layout().tasks.size()) return {};
    if (!std::all_of(of_run.begin(), of_run.end(), [](double s) { return std::isfinite(s); })) {
      return {};
    }
    scores.resize(of_run.size());
    for (std::size_t t = 0; t < of_run.size(); ++t) scores[t].push_back(of_run[t]);
  }
  return scores;
}

/// A staircase: the share stays what it was up to the next threshold.
Line to_line(const std::string& label, const std::vector<double>& thresholds,
             const Profile& profile) {
  Line line{label};
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    if (i > 0) {
      line.add(thresholds[i], profile.share[i - 1], profile.low[i - 1], profile.high[i - 1]);
    }
    line.add(thresholds[i], profile.share[i], profile.low[i], profile.high[i]);
  }
  return line;
}

FigureFiles draw_profiles(const FigureRequest& request, const ProfilesOptions& options) {
  const RunSet runs = choose_labels(request.runs, options.labels);
  check_one_protocol(runs);
  const NumberChoice choice{.split = options.split, .parameters = options.parameters};
  const bool higher = score_name(runs, choice).higher_is_better.value();
  FigureFiles result;
  std::vector<std::string> labels;
  std::vector<TaskRuns> scores;
  for (const RunGroup& group : runs.groups) {
    TaskRuns of_group = read_scores(group, choice);
    if (of_group.empty()) {
      result.leave_out(group.label, "a task has no finite score");
      continue;
    }
    labels.push_back(group.label);
    scores.push_back(std::move(of_group));
  }
  check(!labels.empty(), "nothing to draw: {}", result.reasons());
  const std::vector<double> thresholds = profile_thresholds(scores);
  LinePanel panel{"profile", {}};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    panel.lines.push_back(
        to_line(labels[i], thresholds, performance_profile(scores[i], thresholds, higher)));
  }
  LineStyle style{.name = "profiles"};
  style.heading = std::string("Performance profiles over runs and tasks") +
                  (several_seeds(runs) ? "; band: 95 % bootstrap" : ", one seed");
  style.x_name = "threshold";
  style.y_name = "share";
  style.x_axis = fmt::format("threshold of {} scores", options.split);
  style.y_axis = higher ? "share of runs above" : "share of runs below";
  style.low = 0;
  style.high = 1;
  style.markers = false;
  result.add(draw(line_drawing({panel}, style), request.out));
  return result;
}

const RegisterFigure profiles_registration(
    "profiles", "performance profiles: share of runs and tasks beyond each score, with bands",
    draw_profiles);

}  // namespace

}  // namespace rankwise::analysis
