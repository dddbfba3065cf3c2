#include "framework/ops/top_k.h"

#include "framework/core/switches.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <limits>

namespace rankwise {
namespace {

using torch::Tensor;

Tensor sorted(const Tensor& indices) { return std::get<0>(indices.sort(1)); }

TEST(TopK, TakesTheSameAsLibTorchWhereNoneAreEqual) {
  torch::manual_seed(2);
  for (const auto type : {torch::kFloat32, torch::kFloat64}) {
    for (const std::int64_t k : {1, 3, 8, 33, 64, 70}) {
      const Tensor scores = torch::randn({50, 70}, type);
      const Tensor expected = std::get<1>(scores.topk(k, 1));
      EXPECT_TRUE(sorted(largest_indices(scores, k)).equal(sorted(expected))) << k;
      EXPECT_TRUE(sorted(largest_indices(scores.t().contiguous().t(), k)).equal(sorted(expected)));
      const Without without("own-top-k");
      EXPECT_TRUE(sorted(largest_indices(scores, k)).equal(sorted(expected))) << k;
    }
  }
}

TEST(TopK, OfEqualScoresTheLowerIndicesWin) {
  const Tensor scores = torch::tensor({{1.0, 2.0, 1.0, 2.0, 1.0}});
  EXPECT_TRUE(sorted(largest_indices(scores, 3)).equal(torch::tensor({{0, 1, 3}}, torch::kInt64)));
  EXPECT_TRUE(sorted(largest_indices(torch::zeros({1, 9}), 2))
                  .equal(torch::tensor({{0, 1}}, torch::kInt64)));
}

TEST(TopK, CountsNaNAsLargest) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Tensor scores = torch::tensor({{1.0, 2.0, nan, 0.0}, {nan, 3.0, nan, 4.0}});
  EXPECT_TRUE(
      sorted(largest_indices(scores, 2)).equal(torch::tensor({{1, 2}, {0, 2}}, torch::kInt64)));
}

TEST(TopK, OfNoRowsIsEmpty) {
  EXPECT_EQ(largest_indices(torch::zeros({0, 4}), 2).sizes(), torch::IntArrayRef({0, 2}));
}

}  // namespace
}  // namespace rankwise
