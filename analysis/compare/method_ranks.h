/// How labels rank over tasks, each task a data set of Friedman's test.
#pragma once

#include "analysis/runs/run_scores.h"
#include "analysis/statistics/friedman.h"

#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

struct MethodRanks {
  std::vector<std::string> labels;  // that have a score on every task
  std::size_t tasks = 0;
  FriedmanTest test;
  double critical_difference = 0;  // Nemenyi's, of mean ranks
};

/// Of the mean scores over seeds. Nothing where fewer than two labels have all tasks, or there are
/// fewer than two tasks.
std::optional<MethodRanks> method_ranks(const ScoredRuns& scored);

/// "of 4 labels over 10 tasks (mean scores over seeds), 1 is best; Friedman's test: p 0.01; ..."
std::string to_text(const MethodRanks& ranks);

}  // namespace rankwise::analysis
