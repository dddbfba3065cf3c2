/// One score over two axes of the config: rank by variant, balance rate by granularity.
#pragma once

#include "analysis/output/table.h"
#include "analysis/runs/run_scores.h"
#include "analysis/runs/run_set.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

struct GridOptions {
  std::string rows = "label";
  std::string columns = "seed";
  std::string score = "average";
  std::string split = "test";
  std::string parameters = "best";
  std::vector<std::string> where = {};
  bool allow_mixed = false;

  ScoreChoice choice() const { return {split, parameters, metrics_for(score)}; }

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("rows", self.rows, "an attribute of the runs or a path in their config: options.rank");
    field("columns", self.columns, "the same for the columns: variant");
    field("score", self.score, "a task's name, task/metric for another than its first, or average");
    ScoreChoice::visit(self, field);
    field("where", self.where, "runs to keep: variant=lora");
    field("allow_mixed", self.allow_mixed, "mix protocols in a column, marked with a dagger");
  }
};

/// Mean ± std over seeds; a dash where no run is. The best of a column is bold where find_best()
/// calls it significant. Throws Error where a cell would hold two runs of a seed, an axis or score
/// is not known, or protocols differ within a column and are not allowed to.
Table grid_table(const RunSet& runs, const GridOptions& options);

}  // namespace rankwise::analysis
