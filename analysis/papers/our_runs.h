/// Our runs as a comparison with a paper's table reads them.
#pragma once

#include "analysis/runs/run_set.h"
#include "analysis/runs/task_scores.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

struct OurRun {
  const Run* run = nullptr;
  /// By task its first metric, "average" over tasks, every metric as "task/metric"; of a run of one
  /// task "task/hours" and "task/gigabytes", as it was measured; of a merged model its scores, and
  /// "task/cka".
  std::map<std::string, TaskScore> scores;
  std::map<std::string, TaskScore> before;  // of a merged model: each task's own model, by task
  std::size_t tasks = 0;

  bool is_merged() const { return !before.empty(); }
  /// The score that a paper's column names; nothing where the run has none.
  std::optional<TaskScore> score(const std::string& name) const;
};

/// By label, and by the group of rows that one line of a study stands for.
using OurRuns = std::map<std::string, std::vector<OurRun>>;

/// `set` must outlive what is given.
OurRuns read_ours(const RunSet& set);

}  // namespace rankwise::analysis
