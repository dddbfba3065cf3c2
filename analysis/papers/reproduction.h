/// What it takes to reproduce a paper's table here: the study, its data, its commands, its state.
#pragma once

#include "analysis/output/table.h"
#include "analysis/papers/own_setting.h"
#include "analysis/papers/paper_table.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// Every table, its state in the paper's own setting, and the small study of it here.
Table reproduction_list(const ReproductionPaths& paths);

/// What the paper used; the commands that make its table in its own setting, what that takes and
/// what is missing here; and the small study here, a line each; where there is none, why. Throws
/// Error where a study's file cannot be read.
std::string reproduction_plan(const PaperTable& table, const ReproductionPaths& paths);

/// The runs that stand beside the paper's cells: those in its own setting where there are any
/// finished, else those of the small study; empty where neither has.
std::vector<std::filesystem::path> reproduction_results(const PaperTable& table,
                                                        const ReproductionPaths& paths);

}  // namespace rankwise::analysis
