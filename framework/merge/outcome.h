/// What merged models score, and how alike their updates are.
#pragma once

#include "framework/merge/merge_source.h"
#include "framework/record/merge_record.h"

#include <vector>

namespace rankwise {

/// A model on the test split of one task.
struct Outcome {
  PredictionRecord predictions;
  double score = 0;      // the task's first metric
  torch::Tensor pooled;  // [n, width] of each sequence
};

/// By the source's tasks.
std::vector<Outcome> outcomes_of(MergeSource& source);

/// Throws Error where the outcomes are not those that the run recorded with its last parameters.
void check_recorded(const MergeSource& source, const std::vector<Outcome>& outcomes);

/// Fills the record's cosines, overlaps, angles and interference; nothing where an update is no
/// matrix.
void compare_updates(const std::vector<MergeSource>& sources, MergeRecord& record);

}  // namespace rankwise
