#include "framework/ops/gelu.h"

#include "framework/core/switches.h"
#include "framework/ops/test_rows.h"

#include <cmath>
#include <limits>

namespace rankwise {
namespace {

// Output, derivative and gradient are each rounded to 8 bits.
constexpr double kGeluBf16 = 0.01;

RowTensors our_gelu(const RowTensors& x) { return {rankwise::gelu(x[0])}; }
RowTensors plain_gelu(const RowTensors& x) { return {at::gelu(x[0])}; }

TEST(Gelu, IsLibTorchsWithItsGradient) {
  for (const std::int64_t width : {1, 7, 33, 384, 1000}) {
    expect_like_plain(our_gelu, plain_gelu, {3 * normal_rows({5, width}, "x")}, kGeluBf16);
  }
  expect_like_plain(our_gelu, plain_gelu, {normal_rows({0, 7}, "x")}, kGeluBf16);
}

TEST(Gelu, TakesRowsThatAreNotContiguous) {
  const auto transposed = [](const RowOp& op) {
    return [op](const RowTensors& x) { return op({x[0].t()}); };
  };
  expect_like_plain(transposed(our_gelu), transposed(plain_gelu), {normal_rows({33, 7}, "x")},
                    kGeluBf16);
}

TEST(Gelu, HoldsItsRelativeAccuracyInTheTails) {
  const torch::Tensor x = torch::linspace(-12, 12, 40'001, torch::kFloat32);
  const torch::Tensor wide = x.to(torch::kFloat64);
  const torch::Tensor expected = 0.5 * wide * torch::erfc(-wide / std::sqrt(2.0));
  for (const InstructionSet set : instruction_sets()) {
    const InInstructionSet in_set(set);
    const torch::Tensor error = (rankwise::gelu(x) - expected).abs() / expected.abs();
    const torch::Tensor apart_from_zero = error.index({expected != 0});
    // The exponent x²/2, rounded, costs as many units in the last place as it is large.
    EXPECT_LE(apart_from_zero.index({wide.abs() < 2}).max().item<double>(), 1e-6);
    EXPECT_LE(apart_from_zero.max().item<double>(), 1e-5);
  }
}

TEST(Gelu, PassesNanAndInfinitiesOn) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const torch::Tensor x = torch::tensor({nan, inf, -inf, 0.0, -0.0, 1e30, -1e30, 1.0}, kDouble);
  expect_like_plain_beyond_numbers(our_gelu, plain_gelu, {x});
}

TEST(Gelu, IsTheSameByAnyWay) {
  expect_same_bits_by_any_way(our_gelu, as_type({normal_rows({301, 384}, "x")}, torch::kFloat32));
}

TEST(Gelu, IsTheSameWithoutItsSwitch) {
  const Without without("fused-gelu");
  expect_like_plain(our_gelu, plain_gelu, {normal_rows({5, 33}, "x")}, kGeluBf16);
}

}  // namespace
}  // namespace rankwise
