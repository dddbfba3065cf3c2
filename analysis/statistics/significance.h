/// Student's t over few paired values, and its correction for many hypotheses.
#pragma once

#include <optional>
#include <vector>

namespace rankwise::analysis {

/// What p must be below, corrected, for a difference to count.
constexpr double kSignificant = 0.05;

/// Of n differences, assumed normal, against zero.
struct PairedTest {
  double mean = 0;
  double low = 0, high = 0;  // t-interval of the mean, 95 %
  double p = 1;              // two-sided
};

/// One-sample t-test of differences; of differences of pairs it is the paired t-test. Nothing below
/// two values. Differences that are all equal tell nothing of their spread: they have the sign
/// test's p, 2^(1 - n), or 1 where they are zero.
std::optional<PairedTest> paired_t_test(const std::vector<double>& differences);

/// p of two one-sided t-tests (Schuirmann 1987) for |mean| >= margin: small where the mean is
/// nearer to zero than the margin. Needs two values or more.
double equivalence_p(const std::vector<double>& differences, double margin);

/// Holm's step-down correction (Holm 1979) of p-values, in the order given.
std::vector<double> holm(const std::vector<double>& p);

}  // namespace rankwise::analysis
