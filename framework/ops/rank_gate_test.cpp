#include "framework/ops/rank_gate.h"

#include "framework/ops/test_rows.h"

#include <limits>

namespace rankwise {
namespace {

using torch::Tensor;

constexpr double kRankGateBf16 = 0.02;

// Of `width` ranks the k largest of random scores.
Tensor choice_of(std::int64_t rows, std::int64_t width, std::int64_t k) {
  return std::get<1>(normal_rows({rows, width}, "scores").topk(k, 1));
}

RowOp our_gate(const Tensor& chosen) {
  return [chosen](const RowTensors& t) { return RowTensors{gated_ranks(t[0], chosen, t[1])}; };
}

RowOp plain_gate(const Tensor& chosen) {
  return [chosen](const RowTensors& t) {
    return RowTensors{t[0] * torch::zeros_like(t[0]).scatter(1, chosen, t[1])};
  };
}

TEST(RankGate, IsTheWeightsOfChosenRanksTimesTheirValues) {
  for (const auto& [rows, width, k] : {std::array<std::int64_t, 3>{5, 8, 3},
                                       {1, 1, 1},
                                       {7, 33, 33},
                                       {3, 64, 8},
                                       {2, 1000, 4},
                                       {0, 8, 2}}) {
    const Tensor chosen = choice_of(rows, width, k);
    expect_like_plain(our_gate(chosen), plain_gate(chosen),
                      {normal_rows({rows, width}, "z"), normal_rows({rows, k}, "weight")},
                      kRankGateBf16);
  }
}

TEST(RankGate, TakesRowsThatAreNotContiguous) {
  const Tensor chosen = choice_of(7, 12, 3);
  const auto transposed = [](const RowOp& op) {
    return [op](const RowTensors& t) { return op({t[0].t(), t[1].t()}); };
  };
  expect_like_plain(transposed(our_gate(chosen)), transposed(plain_gate(chosen)),
                    {normal_rows({12, 7}, "z"), normal_rows({3, 7}, "weight")}, kRankGateBf16);
}

// A row's ranks that are not chosen come out as zero times its values do.
TEST(RankGate, PassesNanAndInfinitiesOn) {
  const Tensor chosen = torch::tensor({{0, 2}, {1, 3}}, torch::kInt64);
  Tensor z = normal_rows({2, 4}, "z");
  z[0][0] = std::numeric_limits<double>::quiet_NaN();
  z[0][1] = std::numeric_limits<double>::infinity();
  expect_like_plain_beyond_numbers(our_gate(chosen), plain_gate(chosen),
                                   {z, normal_rows({2, 2}, "weight")});
}

// Router and gate are fp32 where rows are bf16.
TEST(RankGateOnADevice, WeighsBf16RowsInFp32) {
  const Tensor chosen = torch::tensor({{1, 0}}, torch::kInt64);
  const Tensor z = torch::tensor({{1.0, 3.0, 5.0}}, torch::kBFloat16);
  const Tensor weight = torch::tensor({{1.001, 0.5}}, torch::kFloat32).requires_grad_();
  const InEmulatedKernels emulated;
  const Tensor h = gated_ranks(z, chosen, weight);
  EXPECT_TRUE(h.equal(torch::tensor({{0.5, 3.003, 0.0}}).to(torch::kBFloat16)));
  h.to(torch::kFloat32).sum().backward();
  EXPECT_TRUE(weight.grad().equal(torch::tensor({{3.0, 1.0}}, torch::kFloat32)));
}

}  // namespace
}  // namespace rankwise
