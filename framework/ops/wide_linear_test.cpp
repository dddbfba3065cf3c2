#include "framework/ops/wide_linear.h"

#include "framework/data/doubles.h"
#include "framework/ops/narrow_product.h"

#include <gmock/gmock.h>
#include <torch/types.h>

#include <cmath>
#include <vector>

namespace rankwise {
namespace {

using torch::Tensor;

// Three linears of 4 inputs; the second one has no update, the last no bias.
struct Linears {
  explicit Linears(torch::ScalarType type, torch::ScalarType trained) {
    torch::manual_seed(3);
    const auto random = [](c10::IntArrayRef sizes, torch::ScalarType as) {
      return torch::randn(sizes, kDouble).to(as);
    };
    for (const std::int64_t out : {3, 2, 5}) weights.push_back(random({out, 4}, type));
    biases = {random({3}, type), random({2}, type), Tensor()};
    a = {random({2, 4}, trained).requires_grad_(), random({3, 4}, trained).requires_grad_()};
    b = {random({3, 2}, trained).requires_grad_(), random({5, 3}, trained).requires_grad_()};
    x = random({6, 4}, type).requires_grad_();
    upstream = {random({6, 3}, type), random({6, 2}, type), random({6, 5}, type)};
  }

  std::vector<Tensor> all() const { return {x, a[0], a[1], b[0], b[1]}; }

  std::vector<Tensor> weights, biases, a, b, upstream;
  Tensor x;
};

// What a gate makes of the ranks: any autograd code.
Tensor gate(const Tensor& z) { return torch::tanh(z); }

std::vector<Tensor> plainly(const Linears& given) {
  const auto updated = [&](std::size_t linear, std::size_t pair) {
    return at::linear(given.x, given.weights[linear], given.biases[linear]) +
           at::linear(gate(at::linear(given.x, given.a[pair])), given.b[pair]);
  };
  return {updated(0, 0), at::linear(given.x, given.weights[1], given.biases[1]), updated(2, 1)};
}

std::vector<Tensor> widely(const Linears& given) {
  const WideWeight wide(given.weights, given.biases, {2, 0, 3});
  {
    const torch::NoGradGuard no_grad;
    wide.b(0).copy_(given.b[0]);
    wide.b(2).copy_(given.b[1]);
  }
  const WideRanks ranks = wide_down(given.x, given.a, wide);
  return wide_up(ranks, {gate(ranks.z[0]), gate(ranks.z[1])}, given.b, wide);
}

void backward(const std::vector<Tensor>& outputs, const Linears& given,
              const std::vector<std::size_t>& which) {
  Tensor loss;
  for (const std::size_t i : which) {
    const Tensor part = (outputs[i] * given.upstream[i]).sum();
    loss = loss.defined() ? loss + part : part;
  }
  loss.backward();
}

double apart(const Tensor& a, const Tensor& b) {
  return (a.detach().to(torch::kFloat64) - b.detach().to(torch::kFloat64))
      .abs()
      .max()
      .item<double>();
}

constexpr double kSumsOfFew = 1e-13;

TEST(WideLinear, IsWhatTheLinearsAndTheirUpdatesAreByThemselves) {
  const Linears ours(torch::kFloat64, torch::kFloat64), theirs(torch::kFloat64, torch::kFloat64);
  const std::vector<Tensor> found = widely(ours), expected = plainly(theirs);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_LE(apart(found[i], expected[i]), kSumsOfFew);
  backward(found, ours, {0, 1, 2});
  backward(expected, theirs, {0, 1, 2});
  for (std::size_t i = 0; i < ours.all().size(); ++i)
    EXPECT_LE(apart(ours.all()[i].grad(), theirs.all()[i].grad()), kSumsOfFew) << i;
}

TEST(WideLinear, GivesNoGradientToWhatNoLossReaches) {
  const Linears ours(torch::kFloat64, torch::kFloat64), theirs(torch::kFloat64, torch::kFloat64);
  backward(widely(ours), ours, {2});
  backward(plainly(theirs), theirs, {2});
  EXPECT_FALSE(ours.b[0].grad().defined());
  EXPECT_LE(apart(ours.b[1].grad(), theirs.b[1].grad()), kSumsOfFew);
  EXPECT_LE(apart(ours.x.grad(), theirs.x.grad()), kSumsOfFew);
}

TEST(WideLinear, TakesRowsWithoutAGradient) {
  Linears ours(torch::kFloat64, torch::kFloat64), theirs(torch::kFloat64, torch::kFloat64);
  ours.x = ours.x.detach();
  theirs.x = theirs.x.detach();
  backward(widely(ours), ours, {0, 1, 2});
  backward(plainly(theirs), theirs, {0, 1, 2});
  for (std::size_t i = 1; i < ours.all().size(); ++i)
    EXPECT_LE(apart(ours.all()[i].grad(), theirs.all()[i].grad()), kSumsOfFew) << i;
}

// Everything in fp64 is the reference: bf16 keeps 8 bits of some ten terms of size 1.
TEST(WideLinear, RoundsToBf16WhatIsStoredInIt) {
  const Linears ours(torch::kBFloat16, torch::kFloat32), theirs(torch::kFloat64, torch::kFloat64);
  const std::vector<Tensor> found = widely(ours), expected = plainly(theirs);
  EXPECT_EQ(found[0].scalar_type(), torch::kBFloat16);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_LE(apart(found[i], expected[i]), 0.15);
  backward(found, ours, {0, 1, 2});
  backward(expected, theirs, {0, 1, 2});
  EXPECT_EQ(ours.a[0].grad().scalar_type(), torch::kFloat32);
  for (std::size_t i = 0; i < ours.all().size(); ++i)
    EXPECT_LE(apart(ours.all()[i].grad(), theirs.all()[i].grad()), 0.3) << i;
}

TEST(NarrowProduct, KeepsSixteenBitsOfAWiderMatrix) {
  torch::manual_seed(4);
  const Tensor rows = torch::randn({5, 64}, kDouble).to(torch::kBFloat16);
  const Tensor matrix = torch::randn({3, 64}, kDouble).to(torch::kFloat32);
  const Tensor expected = rows.to(kDouble).mm(matrix.to(kDouble).t());
  EXPECT_EQ(scores_of(rows, matrix).scalar_type(), torch::kFloat32);
  EXPECT_LE(apart(scores_of(rows, matrix), expected), 64 * std::exp2(-16));
  EXPECT_GE(apart(rows.mm(matrix.to(torch::kBFloat16).t()), expected), 64 * std::exp2(-16));
}

}  // namespace
}  // namespace rankwise
