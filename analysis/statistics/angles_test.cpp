#include "analysis/statistics/angles.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::analysis {
namespace {

using Eigen::MatrixXd;

/// Columns e_first ... of the identity of size 4.
MatrixXd axes(Eigen::Index first, Eigen::Index count) {
  return MatrixXd::Identity(4, 4).middleCols(first, count);
}

TEST(ColumnBasis, LeavesOutDependentAndZeroColumns) {
  MatrixXd matrix(3, 4);
  matrix << 1, 2, 0, 0, 0, 0, 0, 5, 1, 2, 0, 0;
  const MatrixXd basis = column_basis(matrix);
  ASSERT_EQ(basis.cols(), 2);
  EXPECT_NEAR((basis.transpose() * basis - MatrixXd::Identity(2, 2)).norm(), 0, 1e-12);
  EXPECT_NEAR((basis * basis.transpose() * matrix - matrix).norm(), 0, 1e-12);
  EXPECT_EQ(column_basis(MatrixXd::Zero(3, 2)).cols(), 0);
}

TEST(PrincipalCosines, GiveTheAngleOfAConstructedSubspace) {
  MatrixXd turned = axes(0, 2);  // e1 stays, e2 turns by 60 degrees towards e3
  turned.col(1) << 0, 0.5, std::sqrt(3) / 2, 0;
  const Eigen::VectorXd cosines = principal_cosines(axes(0, 2), turned);
  ASSERT_EQ(cosines.size(), 2);
  EXPECT_NEAR(cosines(0), 1, 1e-12);
  EXPECT_NEAR(cosines(1), 0.5, 1e-12);
}

TEST(PrincipalCosines, AreSciPys) {
  MatrixXd a(4, 2), b(4, 2);
  a << 1, 0, 0, 1, 1, 1, 0, 0;
  b << 1, 1, 0, 1, 2, 0, 0, 1;
  const Eigen::VectorXd cosines = principal_cosines(column_basis(a), column_basis(b));
  EXPECT_NEAR(cosines(0), 0.98772205888380882, 1e-12);
  EXPECT_NEAR(cosines(1), 0.15622142744940212, 1e-12);
}

TEST(CapturedShare, IsOneInsideAndZeroOutside) {
  EXPECT_NEAR(captured_share(axes(0, 3), axes(1, 2)), 1, 1e-12);
  EXPECT_NEAR(captured_share(axes(0, 2), axes(2, 2)), 0, 1e-12);
}

TEST(CapturedShare, CountsDirectionsWithoutAPartnerAsMissed) {
  EXPECT_NEAR(captured_share(axes(0, 1), axes(0, 2)), 0.5, 1e-12);
  EXPECT_EQ(captured_share(axes(0, 0), axes(0, 2)), 0);
}

}  // namespace
}  // namespace rankwise::analysis
