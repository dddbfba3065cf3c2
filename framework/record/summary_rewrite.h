/// Changes what a summary says of its runs, and leaves their numbers as they are.
#pragma once

#include "framework/core/json.h"
#include "framework/record/summary_run.h"

#include <filesystem>
#include <functional>

namespace rankwise {

/// Reads every run of a summary's file, changes it, and writes the file again. Unchanged runs give
/// the same bytes.
void rewrite_runs(const std::filesystem::path& file,
                  const std::function<void(SummaryRun&)>& change);

/// The same for attributes alone.
void rewrite_summary(const std::filesystem::path& file,
                     const std::function<nlohmann::json(nlohmann::json)>& change);

}  // namespace rankwise
