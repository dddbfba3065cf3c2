/// A paper's table as it is printed, with our number in the cell where we have the same quantity.
#pragma once

#include "analysis/output/table.h"
#include "analysis/papers/paper_comparison.h"

#include <optional>

namespace rankwise::analysis {

/// The paper's rows, and those of its columns that our runs measure; below the printed number of a
/// cell, on a line of its own, our score where it is of the same task, else our change to the
/// reference row where the paper has one. Nothing where no cell has a counterpart.
std::optional<Table> beside_paper(const PaperComparison& comparison);

}  // namespace rankwise::analysis
