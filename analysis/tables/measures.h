/// Tables of the measures of planted truth: one row per label, mean ± std over seeds.
#pragma once

#include "analysis/output/table.h"
#include "analysis/runs/run_set.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

struct MeasuresOptions {
  std::vector<std::string> measures = {};
  bool allow_mixed = false;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("measures", self.measures, "their names; empty: all that exist");
    field("allow_mixed", self.allow_mixed, "print runs of other protocols, marked with a dagger");
  }
};

/// None yet.
struct MeanRankOptions {
  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}
};

/// A column for each measure that any run has; a dash where the row's runs have none, and the
/// number of seeds after a cell to which not every seed of the row contributes. Throws Error for
/// unknown names, when protocols differ and are not allowed to, or when no run has a measure.
Table measures_table(const RunSet& runs, const MeasuresOptions& options = {});

/// The curve of the mean chosen rank: a column for each step that was evaluated. Throws Error when
/// no run chose ranks.
Table mean_rank_table(const RunSet& runs, const MeanRankOptions& options = {});

}  // namespace rankwise::analysis
