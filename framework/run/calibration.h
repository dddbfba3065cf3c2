/// A short rehearsal of a run, from which the time and memory of the whole one are told.
#pragma once

#include "framework/run/cost.h"
#include "framework/run/device_memory.h"
#include "framework/run/run.h"

#include <optional>

namespace rankwise {

/// What a rehearsal has measured.
struct Calibration {
  double setup_seconds = 0;  // from the start to the first step: data, weights, model
  Rates training{}, evaluation{}, writing{};
  double host_mib = 0;  // highest resident memory of the process
  std::optional<DeviceMemory> device;
  double seconds = 0;  // that it took itself

  nlohmann::json to_json() const;
  static Calibration from_json(const nlohmann::json& value);
};

/// Sets the run up, trains some of its own steps, evaluates some of its own batches and generates
/// some of its texts, the largest batches with them, and writes no file. After set-up and one part
/// of each kind it ends within `seconds`, and before that when it has seen enough. Peaks are those
/// of the process: one of its own tells them of this run.
Calibration calibrate(const RunJob& job, double seconds);

}  // namespace rankwise
