#include "analysis/statistics/statistics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

TEST(MeanStd, DividesByOneLessThanTheCount) {
  const MeanStd result = mean_std({1, 2, 3, 6});
  EXPECT_EQ(result.count, 4U);
  EXPECT_DOUBLE_EQ(result.mean, 3);
  EXPECT_DOUBLE_EQ(result.std, std::sqrt((4.0 + 1.0 + 0.0 + 9.0) / 3.0));
}

TEST(MeanStd, OneValueHasNoSpread) {
  const MeanStd result = mean_std({0.25});
  EXPECT_EQ(result.count, 1U);
  EXPECT_DOUBLE_EQ(result.mean, 0.25);
  EXPECT_TRUE(std::isnan(result.std));
}

TEST(MeanStd, NoValuesHaveNoMean) { EXPECT_TRUE(std::isnan(mean_std({}).mean)); }

}  // namespace
}  // namespace rankwise::analysis
