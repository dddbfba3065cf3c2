/// The table of scores: a row for each label, a column for each task.
#pragma once

#include "analysis/run_set.h"
#include "analysis/table.h"
#include "framework/core/rule.h"

#include <string>

namespace rankwise {

struct ScoresOptions {
  std::string split = "test";
  std::string parameters = "best";
  bool allow_mixed = false;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("split", self.split, "examples that were scored", one_of({"dev", "test"}));
    field("parameters", self.parameters, "of the best evaluation or the last step",
          one_of({"best", "last"}));
    field("allow_mixed", self.allow_mixed, "print runs of other protocols, marked with a dagger");
  }
};

/// Each task's first metric times 100 (an error measure as it is, with an arrow down), the average
/// over tasks, parameters and speed: mean ± std over seeds. The footers say how it was measured.
/// Throws Error when protocols differ and are not allowed to, or no run has such scores.
Table scores_table(const RunSet& runs, const ScoresOptions& options = {});

}  // namespace rankwise
