/// What it takes to reproduce a paper's table here: the study, its data, its commands, its state.
#pragma once

#include "analysis/output/table.h"
#include "analysis/papers/paper_table.h"

#include <filesystem>
#include <string>

namespace rankwise::analysis {

struct ReproductionPaths {
  std::filesystem::path configs = "configs";
  std::filesystem::path data = "data";
  std::filesystem::path results = "results";
};

/// Every table with its study here and the state of that.
Table reproduction_list(const ReproductionPaths& paths);

/// What the paper used, and the study to run here with what it needs, a line each; where there is
/// no study, why. Throws Error where the study's file is not in `paths.configs`.
std::string reproduction_plan(const PaperTable& table, const ReproductionPaths& paths);

}  // namespace rankwise::analysis
