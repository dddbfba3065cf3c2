#include "analysis/statistics/ordering.h"

#include <gtest/gtest.h>

#include <limits>

namespace rankwise::analysis {
namespace {

TEST(Rounded, KeepsNineSignificantDigits) {
  EXPECT_EQ(rounded(0.1234567894), rounded(0.12345678941));
  EXPECT_NE(rounded(0.123456789), rounded(0.123456788));
  EXPECT_EQ(rounded(0.1 + 0.2), rounded(0.3));
  EXPECT_EQ(rounded(-1234567890123.0), -1234567890000.0);
  EXPECT_EQ(rounded(0), 0);
  EXPECT_EQ(rounded(-std::numeric_limits<double>::infinity()),
            -std::numeric_limits<double>::infinity());
  EXPECT_EQ(rounded(5e-324), 5e-324);
}

TEST(FirstLeast, IsNotTurnedByTheLastBits) {
  EXPECT_EQ(first_least(Eigen::Vector3d(0.5, 0.3, 0.1 + 0.2), kAlike), 1);
  EXPECT_EQ(first_least(Eigen::Vector3d(0.5, 0.1 + 0.2, 0.3), kAlike), 1);
  EXPECT_EQ(first_least(Eigen::Vector2d(0.3 + 1e-6, 0.3), kAlike), 1);
}

// Eigen would take the blocks of its products from the caches it finds.
TEST(Products, AreCutTheSameWayOnEveryProcessor) {
  std::ptrdiff_t l1 = 0, l2 = 0, l3 = 0;
  Eigen::internal::manage_caching_sizes(Eigen::GetAction, &l1, &l2, &l3);
  EXPECT_EQ(l1, 32 * 1024);
  EXPECT_EQ(l2, 512 * 1024);
}

}  // namespace
}  // namespace rankwise::analysis
