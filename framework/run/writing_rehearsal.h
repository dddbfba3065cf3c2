/// Some of the texts that a run's evaluations generate, to tell what all of them take.
#pragma once

#include "framework/data/dataset.h"
#include "framework/model/model.h"
#include "framework/run/cost.h"
#include "framework/train/options.h"
#include "framework/train/writing_batches.h"

#include <cstdint>
#include <vector>

namespace rankwise {

/// A batch of one task's split.
struct WritingPart {
  std::int32_t task = 0;
  SplitName split = SplitName::kDev;
  WritingBatch batch;
};

/// All that one evaluation of dev and one of test write.
std::vector<WritingPart> writing_parts(const Dataset& dataset, const TrainOptions& options);

Amounts amounts_of(const WritingSize& size);

/// Writes some of `parts`, the one that needs most memory with them, each text as long as the
/// wanted one or cut where time is short: first a few tokens of the largest batch, then what fits.
Rates rehearse_writing(Model& model, const Dataset& dataset, const TrainOptions& options,
                       torch::Device device, double seconds);

}  // namespace rankwise
