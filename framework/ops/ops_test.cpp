// The fast ops against plain autograd code, in double precision.

#include "framework/adapter/random_tensor.h"
#include "framework/data/doubles.h"
#include "framework/ops/bucketed_attention.h"
#include "framework/ops/packed_attention.h"
#include "framework/ops/rank_linear.h"

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

// Each sequence by itself, each head by itself: softmax(q kᵀ / sqrt(d)) v.
Tensor naive_attention(const Tensor& q, const Tensor& k, const Tensor& v,
                       const std::vector<std::int64_t>& starts, std::int64_t heads) {
  const std::int64_t d = q.size(1) / heads;
  std::vector<Tensor> rows;
  for (std::size_t s = 0; s + 1 < starts.size(); ++s) {
    std::vector<Tensor> columns;
    for (std::int64_t head = 0; head < heads; ++head) {
      const auto part = [&](const Tensor& t) {
        return t.slice(0, starts[s], starts[s + 1]).slice(1, head * d, (head + 1) * d);
      };
      const Tensor scores = part(q).mm(part(k).t()) / std::sqrt(static_cast<double>(d));
      columns.push_back(torch::softmax(scores, 1).mm(part(v)));
    }
    rows.push_back(torch::cat(columns, 1));
  }
  return torch::cat(rows);
}

// Lengths 8, 1, 9, 3, 20, 8, 9, 2: full buckets, padded ones, single sequences, a single token.
const std::vector<std::int64_t> kStarts{0, 8, 9, 18, 21, 41, 49, 58, 60};

struct AttentionInputs {
  Tensor q = leaf(random({60, 6}, "q")), k = leaf(random({60, 6}, "k")),
         v = leaf(random({60, 6}, "v"));
};

// Both implementations: the CPU's and the one for other devices.
using Attention = Tensor (*)(const AttentionInputs& inputs, std::int64_t heads);

Tensor packed(const AttentionInputs& inputs, std::int64_t heads) {
  const auto starts = torch::tensor(kStarts, torch::kInt64);
  const auto first = starts.slice(0, 0, -1);
  const LazyBuckets none;
  return packed_attention(inputs.q, inputs.k, inputs.v, {first, starts.diff(), none}, heads);
}

Tensor bucketed(const AttentionInputs& inputs, std::int64_t heads) {
  return bucketed_attention(inputs.q, inputs.k, inputs.v, length_buckets(kStarts, torch::kCPU),
                            heads);
}

class PackedAttention : public testing::TestWithParam<Attention> {};
INSTANTIATE_TEST_SUITE_P(Implementations, PackedAttention, testing::Values(packed, bucketed));

TEST_P(PackedAttention, IsAttentionOfEachSequenceAlone) {
  const auto buckets = length_buckets(kStarts, torch::kCPU);
  ASSERT_TRUE(std::any_of(buckets.begin(), buckets.end(), [](const LengthBucket& bucket) {
    return bucket.filled.defined();
  })) << "no bucket is padded: the test sees less than it should";
  for (const std::int64_t heads : {1, 2, 3}) {
    const AttentionInputs ours;
    const AttentionInputs plain;
    const Tensor y = GetParam()(ours, heads);
    const Tensor expected = naive_attention(plain.q, plain.k, plain.v, kStarts, heads);
    EXPECT_LE(difference(y, expected), kOpsRounding) << heads << " heads";
    weighed(y).backward();
    weighed(expected).backward();
    EXPECT_LE(difference(ours.q.grad(), plain.q.grad()), kOpsRounding) << heads << " heads, q";
    EXPECT_LE(difference(ours.k.grad(), plain.k.grad()), kOpsRounding) << heads << " heads, k";
    EXPECT_LE(difference(ours.v.grad(), plain.v.grad()), kOpsRounding) << heads << " heads, v";
  }
}

TEST_P(PackedAttention, SurvivesAGradientThatIsAView) {
  const AttentionInputs ours;
  const AttentionInputs plain;
  // sum() hands an expanded gradient back, narrow() one with strides.
  GetParam()(ours, 2).t().narrow(0, 1, 3).sum().backward();
  naive_attention(plain.q, plain.k, plain.v, kStarts, 2).t().narrow(0, 1, 3).sum().backward();
  EXPECT_LE(difference(ours.q.grad(), plain.q.grad()), kOpsRounding);
  EXPECT_LE(difference(ours.v.grad(), plain.v.grad()), kOpsRounding);
}

}  // namespace
}  // namespace rankwise
