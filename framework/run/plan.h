/// What a run will do, counted before it starts.
#pragma once

#include "framework/run/cost.h"
#include "framework/run/run.h"
#include "framework/run/run_setup.h"

#include <cstdint>
#include <string>

namespace rankwise {

struct RunPlan {
  std::int64_t trainable = 0;  // numbers
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

/// Counts runs one after another, and trains nothing. Data that follow one another are read once;
/// of a model there are shapes alone, wherever these suffice.
class Planner {
 public:
  /// Throws Error where data or weights are missing, or parts do not fit each other.
  RunPlan plan(const RunJob& job);

 private:
  std::string data_;  // what setup_ was loaded from
  RunSetup setup_;    // the model is the latest run's
};

inline RunPlan plan(const RunJob& job) { return Planner().plan(job); }

}  // namespace rankwise
