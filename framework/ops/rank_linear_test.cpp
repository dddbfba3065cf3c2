// The rank-wise linear against plain autograd code, in double precision.

#include "framework/ops/rank_linear.h"

#include "framework/adapter/random_tensor.h"
#include "framework/core/switches.h"
#include "framework/data/doubles.h"
#include "framework/ops/product.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace rankwise {
namespace {

using torch::Tensor;

constexpr double kOpsRounding = 1e-12;  // fp64, some hundred operations on values near one

Tensor random(at::IntArrayRef sizes, const char* name) {
  return normal_tensor(sizes, 1, Seed(5).stream(name), kDouble);
}

Tensor leaf(const Tensor& tensor) { return tensor.clone().requires_grad_(true); }

double difference(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

// A scalar with another weight for every element, so that no gradient hides in a symmetry.
Tensor weighed(const Tensor& y) { return (y * random(y.sizes(), "weights")).sum(); }

TEST(RankLinear, DownIsAProductWithTheTranspose) {
  const Tensor x = torch::tensor({{1.0, 2.0}, {3.0, 4.0}}, kDouble);
  const Tensor a = torch::tensor({{1.0, 0.0}, {0.0, 1.0}, {1.0, 1.0}}, kDouble);
  EXPECT_TRUE(torch::equal(down(x, a), torch::tensor({{1.0, 2.0, 3.0}, {3.0, 4.0, 7.0}}, kDouble)));
}

TEST(RankLinear, UpAddsBaseBiasAndUpdate) {
  const Tensor x = torch::tensor({{1.0, 2.0}}, kDouble);
  const Tensor h = torch::tensor({{10.0}}, kDouble);
  const Tensor b = torch::tensor({{1.0}, {2.0}, {3.0}}, kDouble);
  const FrozenLinear frozen{torch::tensor({{1.0, 0.0}, {0.0, 1.0}, {1.0, 1.0}}, kDouble),
                            torch::tensor({100.0, 200.0, 300.0}, kDouble)};
  EXPECT_TRUE(torch::equal(up(x, h, b, frozen), torch::tensor({{111.0, 222.0, 333.0}}, kDouble)));
  EXPECT_TRUE(
      torch::equal(up(x, h, b, {frozen.weight, {}}), torch::tensor({{11.0, 22.0, 33.0}}, kDouble)));
}

struct UpInputs {
  Tensor x = leaf(random({7, 5}, "x")), h = leaf(random({7, 3}, "h")),
         b = leaf(random({4, 3}, "b"));
  FrozenLinear frozen{random({4, 5}, "W"), random({4}, "bias")};
};

void expect_same_gradients(bool with_bias) {
  const UpInputs ours;
  const UpInputs plain;
  FrozenLinear frozen = ours.frozen;
  if (!with_bias) frozen.bias = Tensor();
  const Tensor y = up(ours.x, ours.h, ours.b, frozen);
  const Tensor expected = at::linear(plain.x, frozen.weight, frozen.bias) + plain.h.mm(plain.b.t());
  EXPECT_LE(difference(y, expected), kOpsRounding);
  weighed(y).backward();
  weighed(expected).backward();
  EXPECT_LE(difference(ours.x.grad(), plain.x.grad()), kOpsRounding);
  EXPECT_LE(difference(ours.h.grad(), plain.h.grad()), kOpsRounding);
  EXPECT_LE(difference(ours.b.grad(), plain.b.grad()), kOpsRounding);
}

TEST(RankLinear, UpHasTheGradientsOfPlainAutograd) {
  expect_same_gradients(true);
  expect_same_gradients(false);
}

Tensor rounded(const Tensor& tensor) { return tensor.to(torch::kBFloat16); }

// Largest difference over the largest value.
double relative(const Tensor& found, const Tensor& expected) {
  return difference(found.to(torch::kFloat64), expected) / expected.abs().max().item<double>();
}

TEST(RankLinear, ScoresOfNarrowRowsAreNotRounded) {
  const Tensor x = leaf(rounded(random({7, 300}, "x")));
  const Tensor a = leaf(random({3, 300}, "A").to(torch::kFloat32));
  const Tensor bias = random({3}, "bias").to(torch::kFloat32);
  const Tensor wide_x = leaf(x.detach().to(kDouble)), wide_a = leaf(a.detach().to(kDouble));
  const Tensor z = down(x, a, bias), expected = down(wide_x, wide_a, bias.to(kDouble));
  EXPECT_EQ(z.scalar_type(), torch::kFloat32);
  EXPECT_LE(relative(z, expected), 1e-6);
  weighed(z).backward();
  weighed(expected).backward();
  EXPECT_EQ(x.grad().scalar_type(), torch::kBFloat16);
  EXPECT_EQ(a.grad().scalar_type(), torch::kFloat32);
  EXPECT_LE(relative(x.grad(), wide_x.grad()), 1e-2);
  // The gradient of A is summed in fp32 where there is a product for that.
  EXPECT_LE(relative(a.grad(), wide_a.grad()), mixes(x, a) ? 1e-6 : 1e-2);
}

// Gradients of h and B are sums of what is stored in bf16, never rounded themselves.
TEST(RankLinear, GradientsOfNarrowRowsAreSummedInFp32) {
  const Tensor x = leaf(rounded(random({70, 33}, "x"))), weight = rounded(random({50, 33}, "W"));
  const Tensor h = leaf(rounded(random({70, 5}, "h")).to(torch::kFloat32));
  const Tensor b = leaf(random({50, 5}, "b").to(torch::kFloat32));
  if (!mixes(x, b)) GTEST_SKIP() << "no AVX2";
  const Tensor dy = rounded(random({70, 50}, "dy")), wide_dy = dy.to(kDouble);
  up(x, h, b, {weight, {}}).backward(dy);
  EXPECT_EQ(b.grad().scalar_type(), torch::kFloat32);
  EXPECT_LE(relative(h.grad(), wide_dy.mm(b.detach().to(kDouble))), 1e-6);
  EXPECT_LE(relative(b.grad(), wide_dy.t().mm(h.detach().to(kDouble))), 1e-6);
  EXPECT_LE(relative(x.grad(), wide_dy.mm(weight.to(kDouble))), 1.0 / 256);
}

TEST(RankLinear, UpOfNarrowRowsIsOneRoundingAway) {
  const UpInputs wide;
  const Tensor x = leaf(rounded(wide.x.detach())), h = leaf(wide.h.detach().to(torch::kFloat32)),
               b = leaf(wide.b.detach().to(torch::kFloat32));
  const Tensor y = up(x, h, b, {rounded(wide.frozen.weight), rounded(wide.frozen.bias)});
  const Tensor expected = up(wide.x, wide.h, wide.b, wide.frozen);
  EXPECT_EQ(y.scalar_type(), torch::kBFloat16);
  EXPECT_LE(relative(y, expected), 1e-2);
  weighed(y).backward();
  weighed(expected).backward();
  EXPECT_EQ(h.grad().scalar_type(), torch::kFloat32);
  EXPECT_LE(relative(x.grad(), wide.x.grad()), 1e-2);
  EXPECT_LE(relative(h.grad(), wide.h.grad()), 1e-2);
  EXPECT_LE(relative(b.grad(), wide.b.grad()), 1e-2);
}

struct LinearResult {
  Tensor y, dx, dh, db;
};

LinearResult up_of(const UpInputs& in) {
  const Tensor y = up(in.x, in.h, in.b, in.frozen);
  weighed(y).backward();
  return {y.detach(), in.x.grad(), in.h.grad(), in.b.grad()};
}

TEST(RankLinear, UpIsTheSameWithoutItsSwitch) {
  const LinearResult fast = up_of(UpInputs());
  const Without without("one-up");
  const LinearResult plain = up_of(UpInputs());
  EXPECT_LE(difference(fast.y, plain.y), kOpsRounding);
  EXPECT_LE(difference(fast.dx, plain.dx), kOpsRounding);
  EXPECT_LE(difference(fast.dh, plain.dh), kOpsRounding);
  EXPECT_LE(difference(fast.db, plain.db), kOpsRounding);
}

TEST(RankLinear, DownOfNarrowRowsIsTheSameWithoutItsSwitch) {
  const Tensor x = rounded(random({7, 300}, "x"));
  const Tensor a = random({3, 300}, "A").to(torch::kFloat32);
  const Tensor fast_x = leaf(x), fast_a = leaf(a), plain_x = leaf(x), plain_a = leaf(a);
  const Tensor fast = down(fast_x, fast_a);
  weighed(fast).backward();
  const Without without("narrow-down");
  const Tensor plain = down(plain_x, plain_a);
  weighed(plain).backward();
  EXPECT_LE(relative(fast, plain.to(torch::kFloat64)), 1e-6);
  // One of them rounds dz and A to bf16, the other its result.
  EXPECT_LE(relative(fast_x.grad(), plain_x.grad()), 1e-2);
  EXPECT_LE(relative(fast_a.grad(), plain_a.grad()), 1e-2);
}

TEST(RankLinear, UpGivesGradientsOnlyWhereTheyAreAskedFor) {
  const UpInputs inputs;
  const Tensor x = random({7, 5}, "x");
  weighed(up(x, inputs.h, inputs.b, inputs.frozen)).backward();
  EXPECT_TRUE(inputs.b.grad().defined());
  EXPECT_FALSE(x.grad().defined());
  EXPECT_FALSE(inputs.frozen.weight.grad().defined());
}

TEST(RankLinear, UpRefusesAWeightThatWantsAGradient) {
  const UpInputs inputs;
  const FrozenLinear trained{leaf(inputs.frozen.weight), inputs.frozen.bias};
  EXPECT_THROW(up(inputs.x, inputs.h, inputs.b, trained), c10::Error);
}

// A rank-wise linear whose ranks `h` holds at zero where they are not chosen.
struct Gated {
  Tensor x = leaf(random({9, 40}, "x")), a = leaf(random({32, 40}, "A")),
         b = leaf(random({20, 32}, "B"));
  FrozenLinear frozen{random({20, 40}, "W"), random({20}, "bias")};
  Tensor chosen = std::get<1>(random({9, 32}, "scores").topk(10, 1));
  Tensor weight = leaf(random({9, 10}, "weight"));

  Tensor plain() const {
    const Tensor z = x.mm(a.t());
    const Tensor h = z * torch::zeros_like(z).scatter(1, chosen, weight);
    return at::linear(x, frozen.weight, frozen.bias) + h.mm(b.t());
  }
  Tensor dense() const {
    const auto [z, joint] = joint_down(x, a, frozen);
    const Tensor h = z * torch::zeros_like(z).scatter(1, chosen, weight);
    return up(x, h, b, frozen, {.joint = joint});
  }
  Tensor gathered() const {
    const auto [z, joint] = joint_down(x, a, frozen, chosen);
    return up(x, z * weight, b, frozen, {.joint = joint, .chosen = chosen});
  }
  Tensor apart() const {  // as with dropout: no joint
    return up(x, chosen_down(x, a, chosen) * weight, b, frozen, {.chosen = chosen});
  }
};

void expect_same(const Gated& ours, const Tensor& y, const Gated& plain, const Tensor& expected) {
  EXPECT_LE(difference(y, expected), kOpsRounding);
  weighed(y).backward();
  EXPECT_LE(difference(ours.x.grad(), plain.x.grad()), kOpsRounding);
  EXPECT_LE(difference(ours.a.grad(), plain.a.grad()), kOpsRounding);
  EXPECT_LE(difference(ours.b.grad(), plain.b.grad()), kOpsRounding);
  EXPECT_LE(difference(ours.weight.grad(), plain.weight.grad()), kOpsRounding);
}

TEST(RankLinear, JointAndGatheredRanksHaveTheGradientsOfPlainAutograd) {
  const Gated plain, dense, gathered, apart;
  const Tensor expected = plain.plain();
  weighed(expected).backward();
  expect_same(dense, dense.dense(), plain, expected);
  expect_same(gathered, gathered.gathered(), plain, expected);
  expect_same(apart, apart.apart(), plain, expected);
}

TEST(RankLinear, OneGradientIsTheSameWithoutItsSwitchAndWithoutGatheredRanks) {
  for (const char* name : {"one-gradient", "gathered-ranks", "packed-products"}) {
    const Gated plain, dense;
    const Tensor expected = plain.plain();
    weighed(expected).backward();
    const Without without(name);
    expect_same(dense, dense.dense(), plain, expected);
  }
}

// d f / d direction by central differences against autograd's gradient.
void expect_slope(const std::function<Tensor(const Tensor&)>& f, const Tensor& at,
                  const char* name) {
  const Tensor point = leaf(at);
  f(point).backward();
  const Tensor direction = random(at.sizes(), "direction");
  const double slope = (point.grad() * direction).sum().item<double>();
  constexpr double kStep = 1e-5;  // truncation near 1e-10, rounding near 1e-11
  const double above = f(at + kStep * direction).item<double>();
  const double below = f(at - kStep * direction).item<double>();
  EXPECT_NEAR(slope, (above - below) / (2 * kStep), 1e-8 * std::max(1.0, std::abs(slope))) << name;
}

TEST(RankLinear, AgreesWithFiniteDifferences) {
  const UpInputs fixed;
  const Tensor a = random({3, 5}, "A");
  const Tensor x = fixed.x.detach();
  const Tensor h = fixed.h.detach();
  const Tensor b = fixed.b.detach();
  // tanh makes the chain through down and up curved.
  const auto chain = [&](const Tensor& input, const Tensor& factor, const Tensor& columns) {
    return weighed(up(input, torch::tanh(down(input, factor)), columns, fixed.frozen));
  };
  expect_slope([&](const Tensor& t) { return chain(t, a, b); }, x, "x");
  expect_slope([&](const Tensor& t) { return chain(x, t, b); }, a, "A");
  expect_slope([&](const Tensor& t) { return chain(x, a, t); }, b, "B");
  expect_slope([&](const Tensor& t) { return weighed(up(x, t, b, fixed.frozen)); }, h, "h");
}

}  // namespace
}  // namespace rankwise
