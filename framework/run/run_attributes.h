/// The root attributes of a run file: what the run is, where it ran, what it took.
#pragma once

#include "framework/core/json.h"
#include "framework/run/device_memory.h"
#include "framework/run/run.h"

#include <cstdint>
#include <optional>

namespace rankwise {

/// What a run has done, over all its attempts.
struct RunTotals {
  std::int64_t training_rows = 0, evaluation_rows = 0;
  double training_seconds = 0;
  std::optional<DeviceMemory> device_peak;  // of this attempt; none on the CPU
  std::int64_t best_step = -1;
  std::int64_t update_flops = 0, stored_parameters = 0;  // as Model counts them
  nlohmann::json ended_early;  // null, but where early stopping ended it: at which step and why
};

/// Known when the run begins.
nlohmann::json opening_attributes(const RunJob& job, const RunScale& scale,
                                  const Collective& processes = one_process());

/// Known when it ends; `seconds`: wall time of this attempt.
nlohmann::json closing_attributes(const RunTotals& totals, double seconds);

}  // namespace rankwise
