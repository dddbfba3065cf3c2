#include "analysis/statistics/within_seed.h"

#include "analysis/statistics/significance.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

TEST(WithinSeed, WhatSeedsHaveInCommonDoesNotWidenAnInterval) {
  // Seeds lie 10 apart, conditions exactly 2.
  const auto found = within_seed_intervals({{0, 10, 20}, {2, 12, 22}});
  ASSERT_TRUE(found);
  for (std::size_t i = 0; i < 2; ++i) {
    const double mean = i == 0 ? 10 : 12;
    EXPECT_DOUBLE_EQ(found->at(i).low, mean);
    EXPECT_DOUBLE_EQ(found->at(i).high, mean);
  }
}

TEST(WithinSeed, OfTwoConditionsIsThatOfTheirDifferenceOverTheRootOfTwo) {
  // Of two conditions Morey's correction gives the paired interval, sqrt(2) narrower.
  const std::vector<double> a = {1, 4, 2, 8}, b = {2, 3, 5, 9};
  std::vector<double> difference;
  for (std::size_t s = 0; s < a.size(); ++s) difference.push_back(b[s] - a[s]);
  const auto found = within_seed_intervals({a, b});
  const auto paired = paired_t_test(difference);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->at(0).high - found->at(0).low, (paired->high - paired->low) / std::sqrt(2.0),
              1e-12);
}

TEST(WithinSeed, NeedsTwoConditionsAndTheSameSeeds) {
  EXPECT_FALSE(within_seed_intervals({}));
  EXPECT_FALSE(within_seed_intervals({{1, 2}}));
  EXPECT_FALSE(within_seed_intervals({{1}, {2}}));
  EXPECT_FALSE(within_seed_intervals({{1, 2}, {1, 2, 3}}));
}

}  // namespace
}  // namespace rankwise::analysis
