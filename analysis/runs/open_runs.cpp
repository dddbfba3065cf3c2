#include "analysis/runs/open_runs.h"

#include "analysis/runs/task_scores.h"
#include "framework/record/run_reader.h"

#include <utility>

namespace rankwise::analysis {

OpenRuns::OpenRuns() = default;
OpenRuns::~OpenRuns() = default;

void OpenRuns::lead_with(const std::vector<std::string>& metrics) {
  std::map<std::string, std::string> leading;
  for (const std::string& name : metrics) {
    const TaskMetric found = task_metric(name);
    leading[found.task] = found.metric;
  }
  if (leading == leading_) return;
  try {
    for (auto& [path, known] : known_) known.file->lead_with(leading);
  } catch (...) {  // all of the files, or none
    for (auto& [path, known] : known_) known.file->lead_with(leading_);
    throw;
  }
  leading_ = std::move(leading);
}

const RunFile& OpenRuns::open(const std::filesystem::path& path) {
  auto found = known_.find(path.string());
  if (found == known_.end()) {
    auto file = std::make_unique<RunFile>(path);
    file->lead_with(leading_);
    found = known_.emplace(path.string(), Known{std::move(file), latest_.end()}).first;
  }
  Known& known = found->second;
  if (known.place != latest_.end()) latest_.erase(known.place);
  known.place = latest_.insert(latest_.begin(), &known);
  if (latest_.size() > kMost) {
    latest_.back()->file->rest();
    latest_.back()->place = latest_.end();
    latest_.pop_back();
  }
  return *known.file;
}

}  // namespace rankwise::analysis
