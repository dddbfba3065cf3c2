/// Writes one file of a study's summary: its runs of one seed.
#pragma once

#include "framework/record/summary_run.h"

#include <filesystem>
#include <vector>

namespace rankwise {

/// Replaces what is at `path`; the same runs give the same bytes. The runs, at least one, are of
/// one study and seed (attributes `study` and `seed`) and have different names; throws Error
/// otherwise.
void write_summary_file(const std::filesystem::path& path, const std::vector<SummaryRun>& runs);

}  // namespace rankwise
