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
  std::int64_t training_tokens = 0;    // of the batches that will be drawn
  std::int64_t evaluation_tokens = 0;  // exact, but for a second test pass where best is not last
  double flops = 0;                    // of all linears and updates; attention is not counted
  double disk_mib = 0;                 // trained parameters, factors and samples

  std::int64_t largest_rows = 0;     // of a micro-batch
  Amounts training{}, evaluation{};  // what takes time
  Amounts second_evaluation{};       // beside it where best is not last
};

/// Loads data and weights to count them; trains nothing.
RunPlan plan(const RunJob& job);

}  // namespace rankwise
