/// The table of scores: a row for each label, a column for each task.
#pragma once

#include "analysis/output/table.h"
#include "analysis/runs/run_scores.h"
#include "analysis/runs/run_set.h"

#include <string>
#include <vector>

namespace rankwise::analysis {

struct ScoresOptions {
  std::string split = "test";
  std::string parameters = "best";
  std::string rows = "label";
  std::vector<std::string> metrics = {};
  std::vector<std::string> where = {};
  bool allow_mixed = false;

  ScoreChoice choice() const { return {split, parameters, metrics}; }

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    ScoreChoice::visit(self, field);
    field("metrics", self.metrics,
          "scores beside each task's first, task/metric each: code/pass_at_1");
    field("rows", self.rows, "an attribute of the runs or a path in their config: options.rank");
    field("where", self.where, "runs to keep: variant=lora");
    field("allow_mixed", self.allow_mixed, "print runs of other protocols, marked with a dagger");
  }
};

/// Each task's first metric times 100 (an error measure as it is, with an arrow down), the average
/// over tasks, the `metrics` named, parameters, and where the runs counted them FLOPs: mean ± std
/// over seeds. Times are no part of it: runs share their machine with others; scripts/bench
/// measures. The best of a column is bold where find_best() calls it significant. The footers say
/// how it was measured. Throws Error when protocols differ and are not allowed to, or no run has
/// such scores.
Table scores_table(const RunSet& runs, const ScoresOptions& options = {});

}  // namespace rankwise::analysis
