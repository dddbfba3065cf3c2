#include "analysis/runs/open_runs.h"

#include "framework/record/run_reader.h"

#include <algorithm>
#include <utility>

namespace rankwise::analysis {

OpenRuns::OpenRuns() = default;
OpenRuns::~OpenRuns() = default;

void OpenRuns::lead_with(const std::vector<std::string>& metrics) {
  leading_.clear();
  for (const std::string& name : metrics) leading_.push_back(task_metric(name));
  files_.clear();
}

const RunFile& OpenRuns::open(const std::filesystem::path& path) {
  const auto found = std::find_if(files_.begin(), files_.end(),
                                  [&](const auto& file) { return file->path() == path; });
  if (found != files_.end()) {
    files_.splice(files_.begin(), files_, found);
  } else {
    auto file = std::make_unique<RunFile>(path);
    for (const auto& [task, metric] : leading_) file->lead_with(task, metric);
    files_.push_front(std::move(file));
    if (files_.size() > kMost) files_.pop_back();
  }
  return *files_.front();
}

}  // namespace rankwise::analysis
