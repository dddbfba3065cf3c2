#include "analysis/statistics/clustering.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

/// Seven points whose average-linkage tree SciPy gives.
Eigen::MatrixXd seven_points() {
  Eigen::MatrixXd points(7, 2);
  points << 0, 0, 1, 0, 0, 2, 6, 5, 7, 5, 3, 3, 9, 0;
  return points;
}

/// Two squares of side 1, far apart, their corners by turns.
Eigen::MatrixXd two_squares() {
  Eigen::MatrixXd points(8, 2);
  points << 0, 0, 10, 10, 1, 0, 11, 10, 0, 1, 10, 11, 1, 1, 11, 11;
  return points;
}

TEST(KMeans, FindsSeparateClusters) {
  EXPECT_EQ(k_means(two_squares(), 2), (Clusters{0, 1, 0, 1, 0, 1, 0, 1}));
}

TEST(KMeans, MinimizesTheSumOfSquares) {
  // On a line 0, 1, 2, 10: {0, 1, 2} and {10} has a sum of 2, {0, 1} and {2, 10} one of 32.5.
  Eigen::MatrixXd points(4, 1);
  points << 0, 1, 2, 10;
  EXPECT_EQ(k_means(points, 2), (Clusters{0, 0, 0, 1}));
}

TEST(KMeans, GivesEachPointItsOwnClusterWhereThereAreAsMany) {
  EXPECT_EQ(k_means(seven_points(), 7), (Clusters{0, 1, 2, 3, 4, 5, 6}));
}

TEST(KMeans, PutsEqualPointsTogether) {
  EXPECT_EQ(k_means(Eigen::MatrixXd::Ones(3, 2), 2), (Clusters{0, 0, 0}));
}

TEST(AverageLinkage, CutsTheTreeWhereSciPyDoes) {
  EXPECT_EQ(average_linkage(seven_points(), 2), (Clusters{0, 0, 0, 1, 1, 0, 1}));
  EXPECT_EQ(average_linkage(seven_points(), 3), (Clusters{0, 0, 0, 1, 1, 0, 2}));
  EXPECT_EQ(average_linkage(seven_points(), 4), (Clusters{0, 0, 0, 1, 1, 2, 3}));
}

TEST(AverageLinkage, AveragesOverAllPairsOfTwoClusters) {
  // SciPy's "single", "complete" and "weighted" all cut between 2 and 16.
  Eigen::MatrixXd points(6, 1);
  points << 0, 2, 16, 17, 25, 38;
  EXPECT_EQ(average_linkage(points, 2), (Clusters{0, 0, 0, 0, 0, 1}));
}

TEST(AverageLinkage, OfEquallyNearPairsTheFirstMerges) {
  Eigen::MatrixXd points(4, 1);
  points << 0, 1, 2, 3;
  EXPECT_EQ(average_linkage(points, 3), (Clusters{0, 0, 1, 2}));
}

TEST(AdjustedRandIndex, IsOneForEqualClusteringsWhateverTheirNumbers) {
  EXPECT_DOUBLE_EQ(adjusted_rand_index({0, 0, 1, 1}, {7, 7, 3, 3}), 1);
}

TEST(AdjustedRandIndex, MatchesAHandComputation) {
  // Pairs: 1 in a, 2 in b, 1 in both, of 6: chance 1/3, most 3/2, so (1 - 1/3) / (3/2 - 1/3).
  EXPECT_DOUBLE_EQ(adjusted_rand_index({0, 0, 1, 2}, {0, 0, 1, 1}), 4.0 / 7);
}

TEST(AdjustedRandIndex, IsNegativeBelowChance) {
  EXPECT_DOUBLE_EQ(adjusted_rand_index({0, 0, 1, 1}, {0, 1, 0, 1}), -0.5);
}

TEST(AdjustedRandIndex, IsOneForTwoTrivialClusterings) {
  EXPECT_DOUBLE_EQ(adjusted_rand_index({0, 0, 0}, {1, 1, 1}), 1);
}

}  // namespace
}  // namespace rankwise::analysis
