/// The tables of a report: the best rows, what its studies name, and the others.
#pragma once

#include "analysis/report/page_data.h"
#include "analysis/report/report.h"
#include "analysis/runs/run_set.h"

namespace rankwise::analysis {

/// Sets "best", of the average over tasks or of the one task, where rows can be put in order.
void add_best_rows(const RunSet& runs, PageData& page);

/// Sets "tables", the scores and what the studies name, "more_tables", and "missing_tables" with
/// the reason of each.
void add_tables(const RunSet& runs, const ReportOptions& options, PageData& page);

/// Sets "papers", the tables that have a counterpart in the runs, and "missing_papers".
void add_papers(const RunSet& runs, PageData& page);

}  // namespace rankwise::analysis
