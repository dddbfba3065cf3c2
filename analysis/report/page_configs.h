/// What was set in a report's runs: a row by what differs from its variant's defaults.
#pragma once

#include "analysis/report/page_data.h"
#include "analysis/runs/run_set.h"

namespace rankwise::analysis {

/// Sets "shared", what all rows set to other values than the program's defaults, "rows" with what
/// each sets besides, and the first row's whole config.
void add_configs(const RunSet& runs, PageData& page);

}  // namespace rankwise::analysis
