/// How tables print the outcome of a test.
#pragma once

#include "analysis/output/table.h"

#include <optional>

namespace rankwise::analysis {

/// Three significant digits; a dash where there is none.
Cell p_cell(const std::optional<double>& p);

/// "+1.25"; a dash where it is not a number.
Cell signed_cell(double value, int digits);

/// "-0.20 to +1.25"
Cell interval_cell(double low, double high, int digits);

}  // namespace rankwise::analysis
