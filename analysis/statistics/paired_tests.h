/// Tests of paired values that assume no distribution: exact ones say how small p can get.
#pragma once

#include "framework/core/seed.h"

#include <cstddef>
#include <vector>

namespace rankwise::analysis {

struct ExactTest {
  double p = 1;           // two-sided
  double smallest_p = 1;  // that as many differences can give, whatever their values
};

/// Two-sided p below which no sign-flip test of n differences can come: 2 / 2^n; 1 of none.
double smallest_sign_flip_p(std::size_t n);

/// Sign-flip permutation test of the mean (Fisher, 1935). All 2^n signs up to 20 differences; above
/// that 100,000 drawn ones with the observed among them (Phipson and Smyth, 2010), which bounds
/// smallest_p as well.
ExactTest sign_flip_test(const std::vector<double>& differences, const Seed& seed);

/// Wilcoxon's signed rank test: zeros are left out, ties share their mean rank. The exact
/// distribution given the ties up to 60 differences, the normal one with continuity and ties
/// corrected above.
ExactTest wilcoxon_test(const std::vector<double>& differences);

/// Of two classifiers on the same examples: how many only one of them got right.
struct Discordant {
  std::size_t only_a = 0, only_b = 0;
};

struct McNemarTest {
  double exact_p = 1;       // two-sided binomial
  double continuity_p = 1;  // chi-squared with Edwards' correction, for comparison with others
};

/// McNemar's test (1947).
McNemarTest mcnemar_test(const Discordant& counts);

}  // namespace rankwise::analysis
