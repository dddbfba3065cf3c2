/// What `rankwise run --dry-run` prints: the runs, and what they will take.
#pragma once

#include "framework/run/run.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rankwise {

struct DryRun {
  std::int64_t jobs = 1;
  bool calibrate = true;
  std::string program;  // path of this program
  std::vector<std::string> plugins;
  std::function<std::string(const RunJob&)> state;  // "to run" and others
};

/// Trains nothing and writes nothing. Every distinct run that is "to run" is calibrated for some
/// seconds in a process of its own. Returns the exit code: 1 where a calibration failed, as the run
/// itself would.
int print_dry_run(const std::vector<RunJob>& jobs, const DryRun& dry_run);

}  // namespace rankwise
