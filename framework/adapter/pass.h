/// One forward pass: the batch, and the step at which it runs.
#pragma once

#include "framework/core/seed.h"
#include "framework/data/batch.h"

#include <cstdint>

namespace rankwise {

class KvCache;

/// Which step of a run a forward or a hook belongs to.
struct StepInfo {
  bool training = false;
  std::int64_t step = 0;   // optimizer steps done
  std::int64_t steps = 1;  // of the whole run
};

/// Travels by reference through backbone, updates and gates.
struct Pass {
  const Batch& batch;
  StepInfo step_info = {};
  /// The micro-batch's noise: a part takes `noise.stream(its name)`, so that running the pass
  /// again draws the same numbers.
  Seed noise{0};
  /// Which chunk of the micro-batch this is: what is drawn once a forward is drawn from `noise`, in
  /// all chunks alike, and what is drawn for every row from row_noise().
  std::int64_t chunk = 0;
  bool count_usage = true;
  /// Updates with task embeddings keep the first-token inputs they compare them with.
  bool keep_samples = false;
  /// In training, blocks keep their inputs alone and run again in backward.
  bool recompute = false;
  /// What a decoder saw before the batch's rows; null: the batch holds whole sequences.
  KvCache* cache = nullptr;

  Seed row_noise() const {
    return chunk == 0 ? noise : noise.stream("chunk").stream(static_cast<std::uint64_t>(chunk));
  }
};

/// The same pass over another batch.
inline Pass over(const Pass& pass, const Batch& batch) {
  return {.batch = batch,
          .step_info = pass.step_info,
          .noise = pass.noise,
          .chunk = pass.chunk,
          .count_usage = pass.count_usage,
          .keep_samples = pass.keep_samples,
          .recompute = pass.recompute,
          .cache = pass.cache};
}

}  // namespace rankwise
