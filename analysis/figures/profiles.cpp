#include "analysis/figures/figure.h"
#include "analysis/measures/run_number.h"
#include "analysis/output/line_figure.h"
#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/run_footers.h"
#include "analysis/runs/run_source.h"
#include "analysis/statistics/performance_profile.h"
#include "analysis/statistics/statistics.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace rankwise::analysis {
namespace {

struct ProfilesOptions {
  std::vector<std::string> labels;
  std::string zero, one;
  std::string split = "test";
  std::string parameters = "best";

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("labels", self.labels, kLabelsHelp);
    field("zero", self.zero,
          "label whose mean score on a task counts as 0, with `one`: scores of different metrics "
          "have no common scale of their own");
    field("one", self.one, "label whose mean score on a task counts as 1");
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

/// Whether all tasks' first metrics are the same, so that their scores have one scale.
bool has_one_metric(const RunSet& runs) {
  std::set<std::string> metrics;
  for (const TaskRecord& task : runs.groups.front().runs.front().file().layout().tasks) {
    if (!task.metrics.empty()) metrics.insert(task.metrics.front());
  }
  return metrics.size() < 2;
}

/// The label's mean score of each task. Throws Error where it has none.
std::vector<double> anchor(const RunSet& runs, const std::string& label,
                           const NumberChoice& choice) {
  const TaskRuns scores = read_scores(choose_labels(runs, {label}).groups.front(), choice);
  check(!scores.empty(), "'{}' can be no end of the scale: a task has no finite score", label);
  std::vector<double> means;
  for (const std::vector<double>& task : scores) means.push_back(mean_std(task).mean);
  return means;
}

/// Each task's scores from 0 at one label's mean to 1 at another's.
class ScoreScale {
 public:
  ScoreScale(const RunSet& runs, const ProfilesOptions& options, const NumberChoice& choice) {
    check(options.zero.empty() == options.one.empty(), "zero and one: give both labels, or none");
    if (options.zero.empty()) {
      check(has_one_metric(runs),
            "the tasks' metrics have no common scale; name the labels that are its ends, such as "
            "--set zero=\"linear probe\" --set one=\"full fine-tuning\"");
      return;
    }
    zero_ = anchor(runs, options.zero, choice);
    one_ = anchor(runs, options.one, choice);
  }

  bool is_own() const { return !zero_.empty(); }

  void apply(TaskRuns& scores) const {
    for (std::size_t t = 0; t < zero_.size(); ++t) {
      for (double& score : scores[t]) score = (score - zero_[t]) / (one_[t] - zero_[t]);
    }
  }

 private:
  std::vector<double> zero_, one_;  // by task; empty: scores stay as they are
};

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
  const ScoreScale scale(request.runs, options, choice);
  const bool higher = scale.is_own() || score_name(runs, choice).higher_is_better.value();
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
    scale.apply(of_group);
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
  style.x_axis = scale.is_own() ? fmt::format("{} score, from 0 ({}) to 1 ({})", options.split,
                                              options.zero, options.one)
                                : fmt::format("threshold of {} scores", options.split);
  style.y_axis = higher ? "share of runs above" : "share of runs below";
  style.low = 0;
  style.high = 1;
  style.markers = false;
  style.source = source_of(runs);
  style.width = request.width;
  style.looks = request.looks();
  result.draw_lines({panel}, style, request);
  return result;
}

const RegisterFigure profiles_registration(
    "profiles", "performance profiles: share of runs and tasks beyond each score, with bands",
    draw_profiles);

}  // namespace

}  // namespace rankwise::analysis
