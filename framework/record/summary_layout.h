/// Tasks, sites and truth of the runs of one set in a summary.
#pragma once

#include "framework/io/hdf5.h"
#include "framework/record/summary_row.h"
#include "framework/record/summary_set.h"

#include <string>

namespace rankwise {

/// `name`: of the set, here and in the headers beside this one.
void write_summary_layout(hdf5::File& file, const std::string& name, const SummarySet& set);

RunLayout read_summary_layout(const SummaryRow& row);

}  // namespace rankwise
