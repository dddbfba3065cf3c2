/// Claims of a study with their intervals and verdicts.
#pragma once

#include "analysis/compare/hypothesis.h"
#include "analysis/output/table.h"

namespace rankwise::analysis {

/// A row for each result.
Table hypothesis_table(const std::vector<HypothesisResult>& results);

}  // namespace rankwise::analysis
