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

/// By task; tasks without a metric or without such predictions are left out.
std::map<std::string, TaskScore> task_scores(const RunFile& file, const std::string& split = "test",
                                             const std::string& parameters = "best");

/// The mean over tasks, or nothing where there are none or some measures rise and some fall.
std::optional<TaskScore> average_score(const std::map<std::string, TaskScore>& scores);

}  // namespace rankwise::analysis
