/// What each switch does: every label against one reference.
#pragma once

#include "analysis/output/table.h"
#include "analysis/runs/run_scores.h"
#include "analysis/runs/run_set.h"
#include "framework/core/constraint.h"
#include "framework/core/options.h"

#include <string>

namespace rankwise::analysis {

struct AblationOptions {
  std::string reference;
  std::string score = "average";
  double margin = 0;
  std::string split = "test";
  std::string parameters = "best";

  ScoreChoice choice() const { return {split, parameters, metrics_for(score)}; }

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("reference", self.reference,
          "the label that the others are compared with; empty: the study's, else the first");
    field("score", self.score, "a task's name, task/metric for another than its first, or average");
    field("margin", self.margin,
          "the least difference that would matter, in the table's unit: rows are tested for being "
          "nearer to the reference; 0: they are not",
          not_negative());
    ScoreChoice::visit(self, field);
  }
};

/// The reference, then a row for each other label: what differs in its config, its score, the
/// difference from the reference over the seeds that both have with interval and p, the interval of
/// a bootstrap over seeds and examples, Holm's correction over the rows, and the verdict, which the
/// t-test decides. With one seed the test is over examples. Throws Error
/// for unknown labels and scores, or where protocols differ.
Table ablation_table(const RunSet& runs, const AblationOptions& options);

}  // namespace rankwise::analysis
