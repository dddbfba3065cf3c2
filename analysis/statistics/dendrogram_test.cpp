#include "analysis/statistics/dendrogram.h"

#include "framework/core/seed.h"

#include <gtest/gtest.h>

namespace rankwise::analysis {
namespace {

using Order = std::vector<std::size_t>;

/// Distances between points on a line.
Eigen::MatrixXd on_a_line(const Eigen::VectorXd& points) {
  return (points.replicate(1, points.size()) - points.transpose().replicate(points.size(), 1))
      .cwiseAbs();
}

TEST(Dendrogram, MergesTheNearestAtTheirMeanDistance) {
  // 0 and 1 are 1 apart, 10 and 12 are 2 apart; the four distances between are 10, 12, 9 and 11.
  const Dendrogram tree = average_linkage_tree(on_a_line(Eigen::Vector4d(0, 10, 1, 12)));
  ASSERT_EQ(tree.merges.size(), 3U);
  EXPECT_EQ(tree.merges[0].left, 0);
  EXPECT_EQ(tree.merges[0].right, 2);
  EXPECT_DOUBLE_EQ(tree.merges[0].height, 1);
  EXPECT_EQ(tree.merges[1].left, 1);
  EXPECT_EQ(tree.merges[1].right, 3);
  EXPECT_DOUBLE_EQ(tree.merges[1].height, 2);
  EXPECT_EQ(tree.merges[2].left, 4);
  EXPECT_EQ(tree.merges[2].right, 5);
  EXPECT_DOUBLE_EQ(tree.merges[2].height, 10.5);
}

TEST(Dendrogram, OrdersThingsSoThatNoBranchesCross) {
  EXPECT_EQ(average_linkage_tree(on_a_line(Eigen::Vector4d(0, 10, 1, 12))).order,
            (Order{0, 2, 1, 3}));
}

TEST(Dendrogram, OfOneThingHasNoMerges) {
  const Dendrogram tree = average_linkage_tree(Eigen::MatrixXd::Zero(1, 1));
  EXPECT_TRUE(tree.merges.empty());
  EXPECT_EQ(tree.order, Order{0});
}

TEST(Dendrogram, OfEquallyNearPairsTheFirstMerges) {
  const Dendrogram tree = average_linkage_tree(on_a_line(Eigen::Vector3d(0, 1, 2)));
  EXPECT_EQ(tree.merges[0].left, 0);
  EXPECT_EQ(tree.merges[0].right, 1);
}

TEST(Dendrogram, IsNotTurnedByRounding) {
  // Four things at equal distances but for what sums in another order leave.
  Random random = Seed(1).random();
  for (int trial = 0; trial < 100; ++trial) {
    Eigen::MatrixXd distances = Eigen::MatrixXd::Zero(4, 4);
    for (Eigen::Index i = 0; i < 4; ++i) {
      for (Eigen::Index j = 0; j < i; ++j) {
        distances(i, j) = distances(j, i) = 0.3 + 1e-15 * random.uniform();
      }
    }
    EXPECT_EQ(average_linkage_tree(distances).order, (Order{0, 1, 2, 3}));
  }
}

TEST(Dendrogram, ReorderingMovesRowsAndColumnsTogether) {
  Eigen::MatrixXd matrix(2, 2);
  matrix << 1, 2, 3, 4;
  Eigen::MatrixXd expected(2, 2);
  expected << 4, 3, 2, 1;
  EXPECT_EQ(reordered(matrix, {1, 0}), expected);
}

}  // namespace
}  // namespace rankwise::analysis
