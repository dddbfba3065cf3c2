/// Two labels beside each other, score by score.
#pragma once

#include "analysis/compare/comparison.h"
#include "analysis/output/table.h"

namespace rankwise::analysis {

/// A row for each score; the footers say what differs, and what the tests cannot say.
Table comparison_table(const Comparison& comparison);

}  // namespace rankwise::analysis
