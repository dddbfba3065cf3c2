#include "analysis/statistics/correlation.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

TEST(KendallTauB, CountsPairsWithoutTies) {
  // Of 10 pairs 6 are concordant and 4 discordant.
  EXPECT_DOUBLE_EQ(kendall_tau_b({1, 2, 3, 4, 5}, {3, 4, 1, 2, 5}).value(), 0.2);
}

TEST(KendallTauB, WithTiesIsSciPys) {
  EXPECT_NEAR(kendall_tau_b({1, 2, 4, 8, 1, 2, 4, 8}, {1, 1, 2, 4, 3, 3, 8, 8}).value(),
              0.530722777603022, 1e-12);
}

TEST(KendallTauB, IsOneForEqualAndMinusOneForReversedOrder) {
  EXPECT_DOUBLE_EQ(kendall_tau_b({1, 2, 2, 8}, {1, 2, 2, 8}).value(), 1);
  EXPECT_DOUBLE_EQ(kendall_tau_b({1, 2, 2, 8}, {3, 2, 2, 0}).value(), -1);
}

TEST(KendallTauB, IsNotDefinedForAConstant) {
  EXPECT_FALSE(kendall_tau_b({1, 1, 1}, {1, 2, 3}).has_value());
  EXPECT_FALSE(kendall_tau_b({}, {}).has_value());
}

}  // namespace
}  // namespace rankwise::analysis
