/// What differs between two run files: config, parameters, and what they were made with.
#pragma once

#include "analysis/runs/config_difference.h"

#include <filesystem>
#include <vector>

namespace rankwise::analysis {

/// "config.options.rank", "parameters.total", "provenance.commit", "seed", ... by path. What was
/// measured (scores, times, memory) and what follows from the rest (the config's hash) is left out.
/// Throws Error where a file cannot be read.
std::vector<LeafDifference> run_differences(const std::filesystem::path& a,
                                            const std::filesystem::path& b);

}  // namespace rankwise::analysis
