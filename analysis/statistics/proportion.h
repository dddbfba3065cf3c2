/// A share of a few trials, with an interval that assumes nothing but that they are independent.
#pragma once

#include "analysis/statistics/bootstrap.h"

#include <cstddef>

namespace rankwise::analysis {

struct Proportion {
  std::size_t hits = 0, trials = 0;
};

/// Clopper and Pearson's exact interval (1934) of the true share, 95 %; `trials` >= 1.
Interval exact_interval(const Proportion& proportion);

/// Two-sided exact binomial p (sign test) against a share of a half.
double sign_test_p(const Proportion& proportion);

}  // namespace rankwise::analysis
