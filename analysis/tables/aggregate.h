/// Scores over tasks and seeds at once, as Agarwal et al. (NeurIPS 2021) recommend for few runs.
#pragma once

#include "analysis/output/table.h"
#include "analysis/runs/run_scores.h"
#include "analysis/runs/run_set.h"

#include <string>

namespace rankwise::analysis {

struct AggregateOptions {
  std::string reference;
  std::string split = "test";
  std::string parameters = "best";

  ScoreChoice choice() const { return {split, parameters}; }

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("reference", self.reference,
          "the label to improve on; empty: the study's, else the first");
    ScoreChoice::visit(self, field);
  }
};

/// A row for each label: interquartile mean and median over tasks and seeds, and the probability
/// that a run is better than one of the reference, averaged over tasks; each with a 95 % bootstrap
/// interval that is stratified over tasks (a dash with one seed); and its mean rank among the
/// labels over tasks, with Friedman's test and Nemenyi's critical difference. Throws Error where
/// tasks have no common direction, protocols differ, or the label is not known.
Table aggregate_table(const RunSet& runs, const AggregateOptions& options = {});

}  // namespace rankwise::analysis
