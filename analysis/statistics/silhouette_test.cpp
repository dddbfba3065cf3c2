#include "analysis/statistics/silhouette.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

Eigen::MatrixXd column(std::initializer_list<double> values) {
  Eigen::MatrixXd points(static_cast<Eigen::Index>(values.size()), 1);
  Eigen::Index row = 0;
  for (const double value : values) points(row++, 0) = value;
  return points;
}

TEST(Silhouette, MatchesAHandComputation) {
  // Clusters {0, 1} and {4, 6}: a = 1, 1, 2, 2 and b = 5, 4, 3.5, 5.5.
  const double expected = (4.0 / 5 + 3.0 / 4 + 1.5 / 3.5 + 3.5 / 5.5) / 4;
  const auto result = silhouette(column({0, 1, 4, 6}), {0, 0, 1, 1}, Distance::kEuclidean);
  ASSERT_TRUE(result.has_value());
  EXPECT_NEAR(*result, expected, 1e-12);
}

TEST(Silhouette, APointAloneCountsZero) {
  // Points 0 and 1 have a = 1, b = 4 and 3; the third is alone.
  const auto result = silhouette(column({0, 1, 4}), {7, 7, 9}, Distance::kEuclidean);
  EXPECT_NEAR(result.value(), (3.0 / 4 + 2.0 / 3 + 0) / 3, 1e-12);
}

TEST(Silhouette, CosineIgnoresLength) {
  Eigen::MatrixXd points(4, 2);
  points << 1, 0, 5, 0, 0, 1, 0, 0.1;
  EXPECT_NEAR(silhouette(points, {0, 0, 1, 1}, Distance::kCosine).value(), 1, 1e-12);
  EXPECT_LT(silhouette(points, {0, 0, 1, 1}, Distance::kEuclidean).value(), 0.7);
}

TEST(Silhouette, IsUndefinedWithoutTwoClustersOrAnyPair) {
  EXPECT_FALSE(silhouette(column({0, 1}), {3, 3}, Distance::kEuclidean).has_value());
  EXPECT_FALSE(silhouette(column({0, 1}), {0, 1}, Distance::kEuclidean).has_value());
}

}  // namespace
}  // namespace rankwise::analysis
