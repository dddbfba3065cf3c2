/// Run files that tables and figures read again and again, each opened once.
#pragma once

#include "analysis/runs/task_scores.h"

#include <cstddef>
#include <filesystem>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace rankwise::analysis {

class OpenRuns {
 public:
  /// Files that are open at a time, fewer than a process may have; the longest unused is closed.
  static constexpr std::size_t kMost = 256;

  OpenRuns();
  ~OpenRuns();

  /// These metrics ("task/metric") lead their tasks in every file, instead of the recorded first.
  /// Files that are open are closed. Throws Error for a name that is no such pair.
  void lead_with(const std::vector<std::string>& metrics);

  /// Valid until kMost other files were opened. Throws Error where the file cannot be read.
  const RunFile& open(const std::filesystem::path& path);

 private:
  std::list<std::unique_ptr<const RunFile>> files_;  // the latest used first
  std::vector<TaskMetric> leading_;
};

}  // namespace rankwise::analysis
