/// How many runs of a study are finished, from the names in its folder alone.
#pragma once

#include <cstddef>
#include <filesystem>

namespace rankwise::analysis {

/// Run files in the study's folder and runs in its summary, each run once. 0 where there is no
/// such folder.
std::size_t finished_runs(const std::filesystem::path& folder);

}  // namespace rankwise::analysis
