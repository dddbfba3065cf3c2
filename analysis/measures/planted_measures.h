/// Measures of one run against what its suite planted, by name.
#pragma once

#include "framework/record/run_reader.h"

#include <map>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// A measure as tables and hypotheses know it.
struct Measure {
  std::string name;     // "tau_b"
  std::string heading;  // "τ-b"
  int digits = 2;       // after the point, in tables
  std::string meaning;  // one line for the foot of a table
};

/// Every measure, in the order of the table's columns.
const std::vector<Measure>& planted_measures();

/// The measure of that name; throws Error that lists the names.
const Measure& find_measure(const std::string& name);

/// Values by measure.
using MeasureValues = std::map<std::string, double>;

/// The attribute of a run in a summary (summary.h) that holds the whole run's measures.
inline constexpr const char* kStoredMeasures = "measures";

/// The measures of a finished run, or those stored in a summary. One that the run cannot have
/// (nothing is chosen, the truth is not known, ranks that are all alike) is not in the map: it is
/// never zero instead.
MeasureValues measure_run(const RunFile& file);

}  // namespace rankwise::analysis
