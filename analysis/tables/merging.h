/// Each task's score by its own model and by the merged one.
#pragma once

#include "analysis/output/table.h"
#include "analysis/runs/run_set.h"

namespace rankwise::analysis {

/// None yet.
struct MergingOptions {
  template <class Self, class Visitor>
  static void visit(Self&, Visitor&&) {}
};

/// A row for each merged model and task, and one over all tasks: before, after, their difference
/// with its 95 % t-interval over seeds, and the CKA of the two models. Throws Error where no run is
/// of a merged model, or protocols differ.
Table merging_table(const RunSet& runs, const MergingOptions& options = {});

}  // namespace rankwise::analysis
