#include "framework/merge/similarity.h"

#include "framework/adapter/random_tensor.h"
#include "framework/data/doubles.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace rankwise {
namespace {

using ::testing::DoubleNear;
using ::testing::Pointwise;
using torch::Tensor;

Tensor matrix(double a, double b, double c, double d) {
  return torch::tensor({a, b, c, d}, kDouble).view({2, 2});
}

TEST(Similarity, CosinesOfMatrices) {
  const Tensor found =
      cosines({matrix(1, 0, 0, 0), matrix(1, 1, 0, 0), matrix(0, 0, 0, 2), matrix(0, 0, 0, 0)});
  const double half = std::sqrt(0.5);
  EXPECT_THAT(doubles(found),
              Pointwise(DoubleNear(1e-12), {1.0, half, 0.0, 0.0, half, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0,
                                            0.0, 0.0, 0.0, 0.0, 0.0}));
}

TEST(Similarity, RowsOverlapWhereInputsAreShared) {
  const Tensor first = torch::tensor({1.0, 0.0, 0.0}, kDouble).view({1, 3});
  const Tensor second = torch::tensor({3.0, 4.0, 0.0}, kDouble).view({1, 3});
  EXPECT_THAT(doubles(row_overlaps({first, second})),
              Pointwise(DoubleNear(1e-12), {1.0, 0.6, 0.6, 1.0}));
}

TEST(Similarity, PrincipalAnglesOfRowSpaces) {
  const auto rows = [](const std::vector<double>& values) {
    const auto count = static_cast<std::int64_t>(values.size()) / 3;
    return row_basis(torch::tensor(values, kDouble).view({count, 3}));
  };
  // The plane of x and y against one that shares x and is tilted by 60 degrees about it.
  const double up = std::sqrt(3.0) / 2;
  const Tensor plane = rows({2, 0, 0, 1, 1, 0});
  const Tensor tilted = rows({1, 0, 0, 5, 0.5, up});
  EXPECT_THAT(doubles(principal_angles(plane, tilted)), Pointwise(DoubleNear(1e-6), {0.0, 60.0}));
  // Rows that repeat span one direction.
  EXPECT_THAT(doubles(principal_angles(plane, rows({0, 0, 1, 0, 0, 3}))),
              Pointwise(DoubleNear(1e-6), {90.0}));
}

TEST(Similarity, InterferenceIsOneForOrthogonalUpdates) {
  EXPECT_EQ(interference({matrix(1, 0, 0, 0), matrix(0, 2, 0, 0)}), 1);
  EXPECT_EQ(interference({matrix(1, 2, 0, 0), matrix(1, 2, 0, 0), matrix(1, 2, 0, 0)}), 3);
  EXPECT_EQ(interference({matrix(1, 0, 0, 0), matrix(-1, 0, 0, 0)}), 0);
  EXPECT_EQ(interference({matrix(0, 0, 0, 0), matrix(0, 0, 0, 0)}), 1);
}

TEST(Similarity, CkaIgnoresRotationScaleAndShift) {
  const Tensor x = normal_tensor({40, 3}, 1, Seed(1), kDouble);
  const auto [q, r] = at::linalg_qr(normal_tensor({3, 3}, 1, Seed(2), kDouble));
  EXPECT_NEAR(linear_cka(x, 3 * x.mm(q) + 5), 1, 1e-12);
  EXPECT_LT(linear_cka(x, normal_tensor({40, 3}, 1, Seed(3), kDouble)), 0.5);
  EXPECT_EQ(linear_cka(x, torch::ones({40, 3}, kDouble)), 0);
  // One column each: the squared correlation. (1, 2, 3) and (1, 3, 2) correlate by 1/2.
  const Tensor up = torch::tensor({1.0, 2.0, 3.0}, kDouble).view({3, 1});
  const Tensor other = torch::tensor({1.0, 3.0, 2.0}, kDouble).view({3, 1});
  EXPECT_NEAR(linear_cka(up, other), 0.25, 1e-12);
}

}  // namespace
}  // namespace rankwise
