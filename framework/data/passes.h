/// Exact passes over the training data: every example once, in batches of one task or of all.
#pragma once

#include "framework/core/seed.h"
#include "framework/data/batch.h"

#include <cstdint>
#include <vector>

namespace rankwise {

/// What becomes of the examples that fill no whole batch at the end of a pass: of each task where a
/// batch is of one task, of all together where it is mixed.
enum class LastBatch { kKeep, kDrop };

struct PassForm {
  std::int64_t batch = 1;  // examples
  bool mixed = false;      // tasks within a batch
  bool shuffle = true;     // false: the tasks one after the other, each in the order of its data
  LastBatch last = LastBatch::kKeep;
};

struct PassCounts {
  std::int64_t batches = 0, examples = 0;
  bool operator==(const PassCounts&) const = default;
};

/// `sizes` [T]: training examples of each task.
PassCounts count_pass(const PassForm& form, const std::vector<std::int64_t>& sizes);

/// The batches of one pass. Shuffled, batches of one task come in the order of one list of all
/// tasks' batches, as multi-task loaders make it, so that a task comes as often as its size says.
std::vector<std::vector<Example>> make_pass(const PassForm& form,
                                            const std::vector<std::int64_t>& sizes,
                                            const Seed& seed);

}  // namespace rankwise
