#include "framework/ops/top_k.h"

#include "framework/core/switches.h"
#include "framework/ops/test_rows.h"

#include <limits>
#include <utility>

namespace rankwise {
namespace {

using torch::Tensor;

Tensor sorted(const Tensor& indices) { return std::get<0>(indices.sort(1)); }

TEST(TopK, TakesTheSameAsLibTorchWhereNoneAreEqual) {
  torch::manual_seed(2);
  for (const auto type : {torch::kFloat32, torch::kFloat64}) {
    for (const auto& [width, k] : {std::pair{70, 1},
                                   {70, 3},
                                   {70, 33},
                                   {70, 64},
                                   {70, 70},
                                   {64, 8},
                                   {64, 64},
                                   {33, 5},
                                   {16, 1},
                                   {7, 7},
                                   {1, 1}}) {
      const Tensor scores = torch::randn({50, width}, type);
      const Tensor expected = sorted(std::get<1>(scores.topk(k, 1)));
      by_every_kernel([&](const std::string& kernel) {
        EXPECT_TRUE(sorted(largest_indices(scores, k)).equal(expected))
            << width << " " << k << " by " << kernel;
      });
      EXPECT_TRUE(sorted(largest_indices(scores.t().contiguous().t(), k)).equal(expected));
      const Without without("own-top-k");
      EXPECT_TRUE(sorted(largest_indices(scores, k)).equal(expected)) << width << " " << k;
    }
  }
}

// Rows narrower and wider than what is counted.
TEST(TopK, OfEqualScoresTheLowerIndicesWin) {
  const Tensor scores = torch::tensor({{1.0, 2.0, 1.0, 2.0, 1.0}});
  EXPECT_TRUE(sorted(largest_indices(scores, 3)).equal(torch::tensor({{0, 1, 3}}, torch::kInt64)));
  for (const std::int64_t width : {9, 64, 90}) {
    by_every_kernel([&](const std::string& kernel) {
      EXPECT_TRUE(sorted(largest_indices(torch::zeros({1, width}), 3))
                      .equal(torch::tensor({{0, 1, 2}}, torch::kInt64)))
          << width << " by " << kernel;
    });
  }
}

TEST(TopK, CountsNaNAsLargest) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Tensor scores = torch::tensor({{1.0, 2.0, nan, 0.0}, {nan, 3.0, nan, 4.0}});
  const Tensor expected = torch::tensor({{1, 2}, {0, 2}}, torch::kInt64);
  const Tensor wide = at::cat({scores, torch::zeros({2, 80})}, 1);
  by_every_kernel([&](const std::string& kernel) {
    EXPECT_TRUE(sorted(largest_indices(scores, 2)).equal(expected)) << kernel;
    EXPECT_TRUE(sorted(largest_indices(wide, 2)).equal(expected)) << kernel;
  });
}

TEST(TopK, OfNoRowsIsEmpty) {
  by_every_kernel([&](const std::string& kernel) {
    EXPECT_EQ(largest_indices(torch::zeros({0, 4}), 2).sizes(), torch::IntArrayRef({0, 2}))
        << kernel;
  });
}

TEST(TopKOnADevice, TakesRowsOfEveryTypeAndStride) {
  const InEmulatedKernels emulated;
  const Tensor scores = torch::randn({50, 40}).to(torch::kBFloat16).narrow(1, 3, 33);
  const Tensor chosen = largest_indices(scores, 7);
  // What was left out comes behind all that was taken: bf16 has equal scores.
  const Tensor left = scores.scatter(1, chosen, -std::numeric_limits<double>::infinity());
  EXPECT_TRUE((scores.gather(1, chosen).amin(1) >= left.amax(1)).all().item<bool>());
  EXPECT_TRUE(chosen.equal(sorted(chosen)));  // ascending, as on the CPU
}

}  // namespace
}  // namespace rankwise
