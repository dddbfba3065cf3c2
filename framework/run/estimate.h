/// What the runs of a study will take, told from calibrations of those that differ.
#pragma once

#include "framework/run/calibration.h"
#include "framework/run/plan.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rankwise {

/// A run with what it will do.
struct PlannedRun {
  RunJob job;
  RunPlan plan;
};

/// Runs that cost the same, by their place in the list they were found in: they differ in label,
/// seed, or options such as the learning rate.
struct CostGroup {
  std::vector<std::size_t> runs;
  std::size_t calibrated = 0;  // that with the largest batch
};

/// In the order of their first runs.
std::vector<CostGroup> cost_groups(const std::vector<PlannedRun>& runs);

/// How a calibration in a process of its own ended.
struct CalibrationEnd {
  Calibration calibration;
  double start_seconds = 0;  // that the process took before and after it
  std::string error;         // one line; empty unless it failed
};

/// Starts `program worker` for it, with these plug-ins loaded, and waits.
CalibrationEnd calibrate_apart(const RunJob& job, double seconds, const std::string& program,
                               const std::vector<std::string>& plugins);

/// Seconds of one run: the best parameters being its last, or not, which costs a second evaluation.
struct RunTime {
  double least = 0, most = 0;
};

RunTime run_time(const RunPlan& plan, const Calibration& calibration);

/// Seconds until all are done, so many at a time and in this order. Each was timed alone: side by
/// side they wait for the same memory and take somewhat longer.
double time_of_all(const std::vector<double>& seconds, std::int64_t jobs);

/// Sum of the largest ones, as many as may run at a time.
double most_at_a_time(std::vector<double> sizes, std::int64_t jobs);

/// "40 s", "12.5 min", "3.1 h"
std::string time_text(double seconds);

}  // namespace rankwise
