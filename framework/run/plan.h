/// What a run will cost, counted before it starts.
#pragma once

#include "framework/record/run_file.h"
#include "framework/run/run.h"

#include <cstdint>

namespace rankwise {

struct RunPlan {
  ParameterCounts parameters;
  std::int64_t steps = 0;
  std::int64_t training_tokens = 0;    // expected: examples x mean tokens of one
  std::int64_t evaluation_tokens = 0;  // exact, but for a second test pass where best is not last
  double flops = 0;                    // of all linears and updates; attention is not counted
  double disk_mib = 0;                 // trained parameters, factors and samples
};

/// Loads data and weights to count them; trains nothing.
RunPlan plan(const RunJob& job);

}  // namespace rankwise
