/// What a run will do, counted before it starts.
#pragma once

#include "framework/record/run_file.h"
#include "framework/run/cost.h"
#include "framework/run/run.h"

#include <cstdint>

namespace rankwise {

struct RunPlan {
  ParameterCounts parameters;
  std::int64_t steps = 0;
  std::int64_t training_tokens = 0;  // of the batches that will be drawn
  /// Exact, but for a second test pass where best is not last, and for generated texts, each
  /// counted as long as the wanted one.
  std::int64_t evaluation_tokens = 0;
  double flops = 0;     // of linears, updates and the head over the vocabulary, not of attention
  double disk_mib = 0;  // trained parameters, factors and samples

  std::int64_t largest_rows = 0;        // of a micro-batch
  Amounts training{}, evaluation{};     // what takes time
  Amounts second_evaluation{};          // beside it where best is not last
  Amounts writing{}, second_writing{};  // of generated texts, beside both
};

/// Loads data and weights to count them; trains nothing.
RunPlan plan(const RunJob& job);

}  // namespace rankwise
