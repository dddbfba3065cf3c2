/// The figures of a report: what its studies name, and the others as far as the page may grow.
#pragma once

#include "analysis/report/page_data.h"
#include "analysis/report/report.h"
#include "analysis/runs/run_set.h"

namespace rankwise::analysis {

/// Sets "figures", "more_figures", and "missing_figures" with the reason of each. Throws Error for
/// an unknown figure, and for an option that none of the figures has.
void add_figures(const RunSet& runs, const ReportOptions& options, PageData& page);

}  // namespace rankwise::analysis
