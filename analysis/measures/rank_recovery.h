/// How the ranks that a run chose compare with the true ones.
#pragma once

#include "framework/record/run_reader.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace rankwise::analysis {

/// Chosen ranks of every (site, task) where one is chosen per task, evaluation by evaluation.
struct ChosenRanks {
  std::vector<std::int64_t> steps;                // [E]
  std::vector<std::vector<std::int64_t>> chosen;  // [E][M] of M = sites x tasks
  std::vector<std::int64_t> truth;                // [M]; empty where the truth is not known
};

/// Nothing where the run chose no ranks or was not evaluated. The truth is that of all sites that
/// choose, or none.
std::optional<ChosenRanks> read_chosen_ranks(const RunFile& file);

/// What can be said of the choice without the truth, over (site, task).
struct RankChoice {
  double mean = 0;            // chosen rank, last evaluation
  double first_mean = 0;      // the same of the first evaluation
  double rank_one_share = 0;  // of (site, task) with rank 1, last evaluation
  double flips = 0;           // changes from one evaluation to the next, over the run
  double ever_changed = 0;    // share of (site, task) that changed at least once
  std::vector<double> curve;  // [E] mean chosen rank
};

RankChoice rank_choice(const ChosenRanks& ranks);

/// The last evaluation's choice against the truth, over (site, task).
struct RankRecovery {
  std::optional<double> tau_b;            // nothing where all chosen, or all true, ranks are equal
  double under = 0, equal = 0, over = 0;  // shares; their sum is 1
  /// Share of evaluations after which a (site, task) of that standing changed its rank; nothing
  /// where none was in that standing.
  std::optional<double> under_flip_rate, equal_flip_rate, over_flip_rate;
};

/// Nothing where the truth is not known.
std::optional<RankRecovery> rank_recovery(const ChosenRanks& ranks);

}  // namespace rankwise::analysis
