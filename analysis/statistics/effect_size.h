/// How large a difference is, and how large one must be to be seen.
#pragma once

#include <cstddef>
#include <vector>

namespace rankwise::analysis {

/// Mean of paired differences in their own standard deviations (Cohen's d_z, 1988). NaN below two
/// values; infinite where all differences are equal but not zero, 0 where they are zero.
double cohens_dz(const std::vector<double>& differences);

/// P(A > B) - P(A < B) for a value of each (Cliff, 1993): -1 to 1. NaN where one has no values.
double cliffs_delta(const std::vector<double>& a, const std::vector<double>& b);

/// Share of experiments in which the two-sided paired t-test of n differences finds a true effect
/// of `dz`; n >= 2.
double t_test_power(double dz, std::size_t n, double alpha = 0.05);

/// The smallest d_z that the test finds with that power: times the standard deviation of the
/// differences it is the smallest difference that n seeds can detect.
double detectable_dz(std::size_t n, double power = 0.8, double alpha = 0.05);

}  // namespace rankwise::analysis
