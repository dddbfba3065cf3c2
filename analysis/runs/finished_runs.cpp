#include "analysis/runs/finished_runs.h"

#include "framework/record/run_folder.h"
#include "framework/record/summary_reader.h"

#include <set>
#include <string>

namespace rankwise::analysis {

std::size_t finished_runs(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) return 0;
  std::set<std::string> names;
  for (const auto& file : list_run_folder(folder).files) {
    const std::string name = file.filename().string();
    if (name.ends_with(".h5") && !name.ends_with(".failed.h5")) names.insert(run_name(file));
  }
  const auto summary = folder / kSummaryFolder;
  if (std::filesystem::is_directory(summary)) {
    for (const auto& run : summary_runs(summary)) names.insert(run_name(run));
  }
  return names.size();
}

}  // namespace rankwise::analysis
