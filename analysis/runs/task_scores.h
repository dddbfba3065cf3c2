/// What one run scored on each task, as tables print it.
#pragma once

#include "framework/record/run_reader.h"

#include <map>
#include <optional>
#include <string>

namespace rankwise::analysis {

/// Metrics that are not known, a plug-in's say, count as rising.
bool higher_is_better(const std::string& metric);

/// A task's first metric.
struct TaskScore {
  std::string metric;
  bool higher_is_better = true;
  double value = 0;  // times 100, but errors as they are
};

/// A task and one of its metrics: "code/pass_at_1".
struct TaskMetric {
  std::string task, metric;
};

/// Whether a score's name is such a pair, and no task's alone.
bool names_metric(const std::string& score);

/// Throws Error that says what was expected where it is no such pair.
TaskMetric task_metric(const std::string& score);

/// The score of that metric, whichever place it has among the task's; nothing where the run has
/// none.
std::optional<TaskScore> score_of(const RunFile& file, const TaskMetric& name,
                                  const std::string& split = "test",
                                  const std::string& parameters = "best");

/// By task; tasks without a metric or without such predictions are left out.
std::map<std::string, TaskScore> task_scores(const RunFile& file, const std::string& split = "test",
                                             const std::string& parameters = "best");

/// The mean over tasks, or nothing where there are none or some measures rise and some fall.
std::optional<TaskScore> average_score(const std::map<std::string, TaskScore>& scores);

}  // namespace rankwise::analysis
