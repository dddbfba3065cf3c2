#include "framework/ops/gated_unit.h"

#include "framework/core/switches.h"
#include "framework/io/test_files.h"
#include "framework/ops/test_rows.h"

#include <limits>

namespace rankwise {
namespace {

// Every result is rounded to 8 bits once; LibTorch's code rounds the activation too.
constexpr double kGateBf16 = 0.005, kPlainGateBf16 = 0.02;

struct GatedUnitOps {
  RowOp ours, plain;
};

class GatedUnits : public ::testing::TestWithParam<bool> {
 protected:
  static GatedUnitOps gate() {
    if (GetParam()) {
      return {[](const RowTensors& t) { return RowTensors{gated_silu(t[0], t[1])}; },
              [](const RowTensors& t) { return RowTensors{at::silu(t[0]) * t[1]}; }};
    }
    return {[](const RowTensors& t) { return RowTensors{gated_gelu_tanh(t[0], t[1])}; },
            [](const RowTensors& t) { return RowTensors{at::gelu(t[0], "tanh") * t[1]}; }};
  }
  static RowTensors rows(at::IntArrayRef sizes) {
    return {3 * normal_rows(sizes, "gate"), normal_rows(sizes, "up")};
  }
};
INSTANTIATE_TEST_SUITE_P(SiluAndGelu, GatedUnits, ::testing::Bool());

TEST_P(GatedUnits, AreActivationTimesValues) {
  for (const std::int64_t width : {1, 7, 33, 384, 1000}) {
    expect_like_plain(gate().ours, gate().plain, rows({5, width}), kGateBf16);
  }
  expect_like_plain(gate().ours, gate().plain, rows({0, 7}), kGateBf16);
}

TEST_P(GatedUnits, TakeRowsThatAreNotContiguous) {
  const auto transposed = [](const RowOp& op) {
    return [op](const RowTensors& t) { return op({t[0].t(), t[1].t()}); };
  };
  expect_like_plain(transposed(gate().ours), transposed(gate().plain), rows({33, 7}), kGateBf16);
}

TEST_P(GatedUnits, PassNanAndInfinitiesOn) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const torch::Tensor gates = torch::tensor({nan, inf, -inf, 0.0, 200.0, -200.0, 1.0}, kDouble);
  const torch::Tensor up = torch::tensor({1.0, 2.0, 3.0, nan, inf, 2.0, -inf}, kDouble);
  expect_like_plain_beyond_numbers(gate().ours, gate().plain, {gates, up});
}

TEST_P(GatedUnits, AreTheSameByAnyWay) {
  expect_same_bits_by_any_way(gate().ours, as_type(rows({301, 384}), torch::kFloat32));
}

TEST_P(GatedUnits, AreTheSameWithoutTheirSwitch) {
  const Without without("fused-gates");
  expect_like_plain(gate().ours, gate().plain, rows({5, 33}), kPlainGateBf16);
}

// The tensors that only the graph holds are written over; no others.
TEST(GatedUnitOnADevice, MakesItsGradientInPlaceOfWhatOnlyTheGraphHolds) {
  const InEmulatedKernels emulated;
  const torch::Tensor x = normal_rows({5, 33}, "x").requires_grad_();
  const auto loss = [](const torch::Tensor& gate, const torch::Tensor& up) {
    return gated_silu(gate, up).square().sum();
  };
  const torch::Tensor gate = x * 2, up = x * 3;  // held here as well
  const torch::Tensor before = gate.detach().clone();
  loss(gate, up).backward();
  EXPECT_TRUE(gate.equal(before));
  const torch::Tensor expected = x.grad().clone();
  x.mutable_grad() = torch::Tensor();
  const torch::Tensor once = loss(x * 2, x * 3);
  once.backward({}, /*retain_graph=*/true);
  EXPECT_TRUE(x.grad().equal(expected));
  EXPECT_THROW(once.backward(), c10::Error) << "what was written over was used again";
}

TEST(GatedUnit, RefusesShapesThatDiffer) {
  EXPECT_EQ(error_of([] {
              gated_silu(normal_rows({2, 3}, "gate"), normal_rows({3, 2}, "up"));
            }),
            "gated unit: gate and values must be of one shape");
}

}  // namespace
}  // namespace rankwise
