#include "analysis/measures/gradient_correlation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace rankwise::analysis {
namespace {

TEST(GradientCorrelation, IsCovarianceOverDeviations) {
  const Eigen::MatrixXd value = gradient_correlation({"site", 3, {4, -3, 0, -3, 9, 0, 0, 0, 0}});
  EXPECT_DOUBLE_EQ(value(0, 1), -0.5);
  EXPECT_DOUBLE_EQ(value(1, 0), -0.5);
  EXPECT_DOUBLE_EQ(value(1, 1), 1);
  EXPECT_TRUE(std::isnan(value(2, 2))) << "a column without a gradient";
  EXPECT_TRUE(std::isnan(value(0, 2)));
  EXPECT_DOUBLE_EQ(mean_absolute_off_diagonal(value), 0.5);
}

TEST(GradientCorrelation, OfOneColumnHasNoMean) {
  EXPECT_TRUE(std::isnan(mean_absolute_off_diagonal(gradient_correlation({"site", 1, {4}}))));
}

TEST(GradientCorrelation, OfIndependentEntriesIsThatOfManyDraws) {
  // 51 steps of 4 entries, about their mean: 200 free values a column.
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  double sum = 0;
  constexpr int kPairs = 2000, kSteps = 51, kOut = 4;
  for (int pair = 0; pair < kPairs; ++pair) {
    Eigen::MatrixXd a(kSteps, kOut), b(kSteps, kOut);
    for (double& value : a.reshaped()) value = normal(random);
    for (double& value : b.reshaped()) value = normal(random);
    a.rowwise() -= a.colwise().mean().eval();
    b.rowwise() -= b.colwise().mean().eval();
    sum += std::abs(a.cwiseProduct(b).sum()) / std::sqrt(a.squaredNorm() * b.squaredNorm());
  }
  const double expected = independent_correlation(kSteps, kOut);
  EXPECT_NEAR(sum / kPairs, expected, 0.07 * expected) << "four standard errors";
}

TEST(GradientCorrelation, DrawsColumnsThatHaveAGradientAlwaysTheSame) {
  Eigen::MatrixXd value = Eigen::MatrixXd::Identity(40, 40);
  value.row(7).setConstant(NAN);
  value.col(7).setConstant(NAN);
  const Eigen::MatrixXd other = Eigen::MatrixXd::Identity(50, 50);
  const auto columns = drawn_columns({other, value}, 39);
  ASSERT_EQ(columns.size(), 39U);
  EXPECT_EQ(columns[7], 8U);
  EXPECT_EQ(columns.back(), 39U);
  EXPECT_EQ(drawn_columns({value}, 10), drawn_columns({value}, 10));
  EXPECT_EQ(drawn_columns({value}, 10).size(), 10U);
  EXPECT_EQ(drawn_columns({value}, 100).size(), 39U);
}

}  // namespace
}  // namespace rankwise::analysis
