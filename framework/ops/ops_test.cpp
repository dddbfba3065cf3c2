// The fast ops against plain autograd code, in double precision.

#include "framework/adapter/random_tensor.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/ops/bucketed_attention.h"
#include "framework/ops/packed_attention.h"
#include "framework/ops/rank_linear.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

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

// Each sequence by itself, each head by itself: softmax(scale q kᵀ) v.
Tensor naive_attention(const Tensor& q, const Tensor& k, const Tensor& v,
                       const std::vector<std::int64_t>& starts, const AttentionForm& form) {
  const std::int64_t d = q.size(1) / form.heads;
  std::vector<Tensor> rows;
  for (std::size_t s = 0; s + 1 < starts.size(); ++s) {
    std::vector<Tensor> columns;
    for (std::int64_t head = 0; head < form.heads; ++head) {
      const auto part = [&](const Tensor& t, std::int64_t at) {
        return t.slice(0, starts[s], starts[s + 1]).slice(1, at * d, (at + 1) * d);
      };
      const std::int64_t shared = head / form.group();
      Tensor scores = part(q, head).mm(part(k, shared).t()) * form.scale;
      if (form.causal) {
        const Tensor later = torch::ones_like(scores, torch::kBool).triu(1);
        scores = scores.masked_fill(later, -std::numeric_limits<double>::infinity());
      }
      columns.push_back(torch::softmax(scores, 1).mm(part(v, shared)));
    }
    rows.push_back(torch::cat(columns, 1));
  }
  return torch::cat(rows);
}

// Lengths 8, 1, 9, 3, 20, 8, 9, 2: full buckets, padded ones, single sequences, a single token.
const std::vector<std::int64_t> kStarts{0, 8, 9, 18, 21, 41, 49, 58, 60};

struct AttentionInputs {
  explicit AttentionInputs(const AttentionForm& form)
      : k(leaf(random({60, 6 / form.group()}, "k"))),
        v(leaf(random({60, 6 / form.group()}, "v"))) {}

  Tensor q = leaf(random({60, 6}, "q")), k, v;
};

// Both implementations: the CPU's and the one for other devices.
using Attention = Tensor (*)(const AttentionInputs& inputs, const AttentionForm& form);

Tensor packed(const AttentionInputs& inputs, const AttentionForm& form) {
  const auto starts = torch::tensor(kStarts, torch::kInt64);
  const auto first = starts.slice(0, 0, -1);
  const LazyBuckets none;
  return packed_attention(inputs.q, inputs.k, inputs.v, {first, starts.diff(), none}, form);
}

Tensor bucketed(const AttentionInputs& inputs, const AttentionForm& form) {
  return bucketed_attention(inputs.q, inputs.k, inputs.v, length_buckets(kStarts, torch::kCPU),
                            form);
}

class PackedAttention : public testing::TestWithParam<Attention> {};
INSTANTIATE_TEST_SUITE_P(Implementations, PackedAttention, testing::Values(packed, bucketed));

TEST_P(PackedAttention, IsAttentionOfEachSequenceAlone) {
  const auto buckets = length_buckets(kStarts, torch::kCPU);
  ASSERT_TRUE(std::any_of(buckets.begin(), buckets.end(), [](const LengthBucket& bucket) {
    return bucket.filled.defined();
  })) << "no bucket is padded: the test sees less than it should";
  for (const AttentionForm& form : {bidirectional(1, 6), bidirectional(2, 3), bidirectional(3, 2),
                                    causal(1, 1, 6), causal(3, 3, 2), causal(6, 2, 1),
                                    causal(6, 1, 1), AttentionForm{.heads = 2, .kv_heads = 1}}) {
    SCOPED_TRACE(
        fmt::format("{} heads, {} of k, causal {}", form.heads, form.kv_heads, form.causal));
    const AttentionInputs ours(form);
    const AttentionInputs plain(form);
    const Tensor y = GetParam()(ours, form);
    const Tensor expected = naive_attention(plain.q, plain.k, plain.v, kStarts, form);
    EXPECT_LE(difference(y, expected), kOpsRounding);
    weighed(y).backward();
    weighed(expected).backward();
    EXPECT_LE(difference(ours.q.grad(), plain.q.grad()), kOpsRounding) << "q";
    EXPECT_LE(difference(ours.k.grad(), plain.k.grad()), kOpsRounding) << "k";
    EXPECT_LE(difference(ours.v.grad(), plain.v.grad()), kOpsRounding) << "v";
  }
}

TEST_P(PackedAttention, SurvivesAGradientThatIsAView) {
  const AttentionForm form = bidirectional(2, 3);
  const AttentionInputs ours(form);
  const AttentionInputs plain(form);
  // sum() hands an expanded gradient back, narrow() one with strides.
  GetParam()(ours, form).t().narrow(0, 1, 3).sum().backward();
  naive_attention(plain.q, plain.k, plain.v, kStarts, form).t().narrow(0, 1, 3).sum().backward();
  EXPECT_LE(difference(ours.q.grad(), plain.q.grad()), kOpsRounding);
  EXPECT_LE(difference(ours.v.grad(), plain.v.grad()), kOpsRounding);
}

TEST(AttentionForm, RefusesWidthsThatDoNotFit) {
  const Tensor q = random({60, 6}, "q"), k = random({60, 3}, "k");
  EXPECT_EQ(error_of([&] { check_form(causal(6, 4, 1), q, k, k); }),
            "attention: 4 heads of k and v do not divide 6 heads");
  EXPECT_EQ(error_of([&] { check_form(causal(4, 2, 1), q, k, k); }),
            "attention: 4 heads do not divide rows of 6");
  EXPECT_EQ(error_of([&] { check_form(causal(6, 6, 1), q, k, k); }),
            "attention: k and v must be [60, 6] for 6 heads");
}

}  // namespace
}  // namespace rankwise
