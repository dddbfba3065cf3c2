/// Each task's score by its own model and by the merged one.
#pragma once

#include "analysis/output/table.h"
#include "analysis/runs/run_set.h"

namespace rankwise::analysis {

struct MergingOptions {
  bool allow_mixed = false;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("allow_mixed", self.allow_mixed, "print runs of other protocols, marked with a dagger");
  }
};

/// A row for each merged model and task, and one over all tasks: before, after, their difference
/// with its 95 % t-interval over seeds, and the CKA of the two models. Throws Error where no run is
/// of a merged model, or protocols differ and the options do not allow it.
Table merging_table(const RunSet& runs, const MergingOptions& options = {});

}  // namespace rankwise::analysis
