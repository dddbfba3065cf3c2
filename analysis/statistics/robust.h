/// Summaries of scores that a few outliers do not move (Agarwal et al., NeurIPS 2021).
#pragma once

#include <vector>

namespace rankwise::analysis {

/// Between the two nearest order statistics, linearly (R's type 7, NumPy's default). `share` lies
/// in [0, 1]. NaN of no values, as are the two below.
double quantile(std::vector<double> values, double share);

double median(const std::vector<double>& values);

/// Mean of what is left after a quarter of the values, rounded down, is cut off at each end.
double interquartile_mean(std::vector<double> values);

/// P(A > B) + P(A = B) / 2 for a value of each: Mann and Whitney's U over the number of pairs. NaN
/// where one has no values.
double probability_of_improvement(const std::vector<double>& a, const std::vector<double>& b);

/// For each threshold the share of scores above it, averaged over tasks: `scores` [T][runs], each
/// task with one run or more.
std::vector<double> performance_profile(const std::vector<std::vector<double>>& scores,
                                        const std::vector<double>& thresholds);

}  // namespace rankwise::analysis
