/// Which row of a column is best, and whether that is more than chance.
#pragma once

#include "analysis/compare/paired_examples.h"
#include "analysis/output/table.h"
#include "analysis/runs/run_scores.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rankwise::analysis {

/// Runs of one seed and protocol; a's cell and b's.
using RunPair = std::pair<ScoredRun, ScoredRun>;

/// In the order of a's runs; a run without its partner is left out.
std::vector<RunPair> match_seeds(const CellRuns& a, const CellRuns& b);

/// a minus b.
std::vector<double> differences_of(const std::vector<RunPair>& pairs);

/// [T][S] of the pairs' recorded predictions. Nothing where one is missing or the two runs of a
/// seed did not predict the same examples.
std::optional<std::vector<std::vector<PairedExamples>>> pair_examples(
    const std::vector<RunPair>& pairs, const std::vector<TaskColumn>& tasks,
    const ScoreChoice& choice);

constexpr std::size_t kResamples = 2000;

/// The best row of one column against the next best.
struct BestRow {
  std::size_t row = 0;
  std::size_t seeds = 0;  // that both have
  /// Two-sided p of the paired bootstrap over seeds (where there are several) and examples, and
  /// Holm's correction of it over the columns. Nothing where the examples cannot be paired.
  std::optional<double> p, holm_p;
  /// holm_p < 0.05 and, with two seeds or more, the t-interval of the difference over seeds lies on
  /// one side of zero: a bootstrap of three seeds knows no other seeds than these.
  bool significant = false;
};

/// Of each column; nothing where fewer than two rows of the first row's protocol have scores. The
/// gap to the runner-up needs no correction for the choice of the best (Hung and Fithian, 2019).
std::vector<std::optional<BestRow>> find_best(const std::vector<ScoreColumn>& columns,
                                              const ScoreChoice& choice);

/// What bold means in a table with these columns, and what was not tested.
std::string bold_footer(const std::vector<ScoreColumn>& columns,
                        const std::vector<std::optional<BestRow>>& best);

/// Makes the best cell of a column bold where find_best() calls it significant; the columns' cells
/// come after the row's name. Gives bold_footer().
std::string mark_best(const std::vector<ScoreColumn>& columns, const ScoreChoice& choice,
                      Table& table);

}  // namespace rankwise::analysis
