#include "analysis/statistics/performance_profile.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

using Values = std::vector<double>;

TEST(PerformanceProfile, IsTheMeanOverTasksOfTheShareOfRunsBeyond) {
  // At 0.5: one of two runs of the first task, both of the second.
  const TaskRuns scores = {{0.4, 0.6}, {0.7, 0.9}};
  EXPECT_EQ(performance_profile(scores, {0, 0.5, 0.7, 1}, true).share, (Values{1, 0.75, 0.25, 0}));
  EXPECT_EQ(performance_profile(scores, {0.5}, false).share, Values{0.25});
}

TEST(PerformanceProfile, BandsHoldTheShareAndAreTheSameAgain) {
  const TaskRuns scores = {{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0}};
  const Profile profile = performance_profile(scores, {0.55}, true);
  // Ten draws with chance one half: 95 % of binomial counts lie in 2 to 8.
  EXPECT_DOUBLE_EQ(profile.low[0], 0.2);
  EXPECT_DOUBLE_EQ(profile.high[0], 0.8);
  EXPECT_EQ(performance_profile(scores, {0.55}, true).low, profile.low);
}

TEST(PerformanceProfile, OneRunATaskHasNoBand) {
  EXPECT_TRUE(std::isnan(performance_profile({{0.4}, {0.6}}, {0.5}, true).low[0]));
}

TEST(PerformanceProfile, ThresholdsReachFromTheLeastToTheLargestScore) {
  EXPECT_EQ(profile_thresholds({{{1, 3}}, {{2}, {5}}}), (Values{1, 2, 3, 5}));
  EXPECT_EQ(profile_thresholds({{{1, 3}}, {{2}, {5}}}, 3), (Values{1, 3, 5}));
}

}  // namespace
}  // namespace rankwise::analysis
