/// One number of a run by name, for the axes of figures.
#pragma once

#include "analysis/runs/run_set.h"
#include "framework/core/constraint.h"
#include "framework/record/run_reader.h"

#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// Which number: "average" (the tasks' first metrics, all of one direction), a task's name (its
/// first metric), or one of planted_measures().
struct NumberChoice {
  std::string measure = "average";
  std::string split = "test";
  std::string parameters = "best";

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("measure", self.measure, "average, a task's name, or a measure of planted truth");
    field("split", self.split, "examples that were scored", one_of({"dev", "test"}));
    field("parameters", self.parameters, "of the best evaluation or the last step",
          one_of({"best", "last"}));
  }
};

/// What the number is called, and its direction; a measure of planted truth has none.
struct ScoreName {
  std::string text;  // "mean test accuracy × 100"
  std::optional<bool> higher_is_better;
  double factor = 1;  // of the number as it is drawn: 100 where higher is better, as in tables
};

/// What stands above a figure of the score: how it is averaged, what its bars are, and its
/// direction.
std::string score_heading(const ScoreName& score, bool several_seeds,
                          const std::string& bars = "95 % t-interval");

/// By the first run of the set. Throws Error for an unknown name, or an average of metrics of which
/// some rise and some fall.
ScoreName score_name(const RunSet& runs, const NumberChoice& choice);

/// Nothing where the run has no such number; an average needs every task.
std::optional<double> run_score(const RunFile& file, const NumberChoice& choice);

/// The first metric of every task that has it, in the layout's order.
std::vector<double> task_scores(const RunFile& file, const NumberChoice& choice);

}  // namespace rankwise::analysis
