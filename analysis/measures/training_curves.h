/// Curves over training: the loss at every step and the dev scores of every evaluation.
#pragma once

#include "analysis/runs/run_set.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// Training loss of one label, a mean over the seeds that reached the step.
struct LossCurve {
  std::string label;
  std::vector<std::int64_t> step;
  std::vector<double> loss;
};

/// One task's first metric on dev of one label: mean, lowest and highest over seeds.
struct ScoreCurve {
  std::string label;
  std::string task;
  std::string metric;
  std::vector<std::int64_t> step;
  std::vector<double> mean, low, high;
};

LossCurve loss_curve(const RunGroup& group);

/// One curve per task, in the layout's order. A task without scores has no curve.
std::vector<ScoreCurve> score_curves(const RunGroup& group);

/// Mean over the `window` values around each one; fewer at the ends, where the curve stops.
std::vector<double> moving_mean(const std::vector<double>& values, std::size_t window);

}  // namespace rankwise::analysis
