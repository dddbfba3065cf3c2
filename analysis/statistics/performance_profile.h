/// Performance profiles (Agarwal et al., NeurIPS 2021): the share of scores beyond each threshold.
#pragma once

#include <cstddef>
#include <vector>

namespace rankwise::analysis {

/// Scores [task][run] of one label.
using TaskRuns = std::vector<std::vector<double>>;

struct Profile {
  std::vector<double> share;      // by threshold: mean over tasks of the share of runs beyond it
  std::vector<double> low, high;  // pointwise 95 % band; NaN where no task has two runs
};

/// Runs are beyond a threshold when they score above it, or below it where low is good. Bands are
/// percentiles of a bootstrap stratified by task, that draws runs with replacement; equal inputs
/// give equal bands.
Profile performance_profile(const TaskRuns& scores, const std::vector<double>& thresholds,
                            bool higher_is_better, std::size_t replications = 2000);

/// Every score of all labels in increasing order, where a profile steps; with more than `most`
/// scores, so many at equal distances from the least to the largest.
std::vector<double> profile_thresholds(const std::vector<TaskRuns>& labels, std::size_t most = 200);

}  // namespace rankwise::analysis
