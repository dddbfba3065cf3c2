#include "analysis/runs/open_runs.h"

#include "framework/record/run_reader.h"

#include <algorithm>

namespace rankwise::analysis {

OpenRuns::OpenRuns() = default;
OpenRuns::~OpenRuns() = default;

const RunFile& OpenRuns::open(const std::filesystem::path& path) {
  const auto found = std::find_if(files_.begin(), files_.end(),
                                  [&](const auto& file) { return file->path() == path; });
  if (found != files_.end()) {
    files_.splice(files_.begin(), files_, found);
  } else {
    files_.push_front(std::make_unique<const RunFile>(path));
    if (files_.size() > kMost) files_.pop_back();
  }
  return *files_.front();
}

}  // namespace rankwise::analysis
