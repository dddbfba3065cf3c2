// Both implementations of packed attention against plain autograd code, in double precision.

#include "framework/ops/packed_attention.h"

#include "framework/adapter/random_tensor.h"
#include "framework/core/switches.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/ops/bucketed_attention.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <limits>

namespace rankwise {
namespace {

using torch::Tensor;

constexpr double kAttentionRounding = 1e-12;  // fp64, some hundred operations on values near one

Tensor normal(at::IntArrayRef sizes, const char* name) {
  return normal_tensor(sizes, 1, Seed(5).stream(name), kDouble);
}

double distance(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

// A scalar with another weight for every element, so that no gradient hides in a symmetry.
Tensor weighed_sum(const Tensor& y) { return (y * normal(y.sizes(), "weights")).sum(); }

// Lengths 8, 1, 9, 3, 20, 8, 9, 2: full buckets, padded ones, single sequences, a single token.
const std::vector<std::int64_t> kStarts{0, 8, 9, 18, 21, 41, 49, 58, 60};
// Lengths 8, 9, 1, 8, 8, 2, 3, 9, 12. Of the sequences above, 3 and 6 are looked at by none, 0 by
// three of like length.
const SequencePairs kCrossing{
    {0, 8, 17, 18, 26, 34, 36, 39, 48, 60}, kStarts, {0, 2, 1, 0, 5, 4, 7, 0, 4}};

bool looks_at_itself(const SequencePairs& pairs) { return pairs.source.empty(); }

const SequencePairs kItself{kStarts, kStarts, {}};

struct AttentionInputs {
  explicit AttentionInputs(const AttentionForm& given)
      : form(given),
        k(normal({60, 6 / form.group()}, "k").requires_grad_()),
        v(normal({60, 6 / form.group()}, "v").requires_grad_()) {}

  AttentionForm form;
  Tensor q = normal({60, 6}, "q").requires_grad_(), k, v;
};

// Distances from -20 to 22, more than there are.
AttentionForm biased(AttentionForm form) {
  form.bias = {normal({form.heads, 43}, "bias"), 20};
  return form;
}

AttentionForm with_learnt_bias(AttentionForm form) {
  form = biased(form);
  form.bias.table.requires_grad_();
  return form;
}

// One head of one sequence: softmax(scale q kᵀ + bias) v.
Tensor head_alone(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionForm& form,
                  std::int64_t head) {
  Tensor scores = q.mm(k.t()) * form.scale;
  if (form.bias.table.defined()) {
    const Tensor apart = torch::arange(k.size(0)) - torch::arange(q.size(0)).unsqueeze(1);
    scores = scores + form.bias.table[head].index({apart + form.bias.zero});
  }
  if (form.causal) {
    const Tensor later = torch::ones_like(scores, torch::kBool).triu(1);
    scores = scores.masked_fill(later, -std::numeric_limits<double>::infinity());
  }
  return torch::softmax(scores, 1).mm(v);
}

// Each sequence by itself, each head by itself.
Tensor naive_attention(const AttentionInputs& in, const SequencePairs& pairs) {
  const std::int64_t d = in.q.size(1) / in.form.heads;
  const auto part = [&](const Tensor& t, const std::vector<std::int64_t>& starts, std::size_t s,
                        std::int64_t head) {
    return t.slice(0, starts[s], starts[s + 1]).slice(1, head * d, (head + 1) * d);
  };
  std::vector<Tensor> rows;
  for (std::size_t s = 0; s + 1 < pairs.queries.size(); ++s) {
    const std::size_t source = looks_at_itself(pairs) ? s : pairs.source[s];
    std::vector<Tensor> columns;
    for (std::int64_t head = 0; head < in.form.heads; ++head) {
      const std::int64_t shared = head / in.form.group();
      columns.push_back(head_alone(part(in.q, pairs.queries, s, head),
                                   part(in.k, pairs.keys, source, shared),
                                   part(in.v, pairs.keys, source, shared), in.form, head));
    }
    rows.push_back(torch::cat(columns, 1));
  }
  return torch::cat(rows);
}

// Both implementations: the CPU's and the one for other devices.
using Attention = Tensor (*)(const AttentionInputs& inputs, const SequencePairs& pairs);

LazyBuckets lazy_buckets(const SequencePairs& pairs) {
  LazyBuckets queries(pairs.queries, torch::kCPU);
  if (looks_at_itself(pairs)) return queries;
  const LazyBuckets keys(pairs.keys, torch::kCPU);
  return LazyBuckets(queries, keys, pairs.source);
}

Tensor packed(const AttentionInputs& inputs, const SequencePairs& pairs) {
  const LazyBuckets buckets = lazy_buckets(pairs);
  const Tensor starts = torch::tensor(pairs.queries, torch::kInt64);
  const Tensor key_starts = torch::tensor(pairs.keys, torch::kInt64);
  PackedSequences sequences{starts.slice(0, 0, -1).contiguous(), starts.diff(), buckets};
  if (!looks_at_itself(pairs)) {
    const Tensor source = torch::tensor(pairs.source, torch::kInt64);
    sequences.key_first_rows = key_starts.index_select(0, source);
    sequences.key_lengths = key_starts.diff().index_select(0, source);
  }
  return packed_attention(inputs.q, inputs.k, inputs.v, sequences, inputs.form);
}

Tensor bucketed(const AttentionInputs& inputs, const SequencePairs& pairs) {
  return bucketed_attention(inputs.q, inputs.k, inputs.v, lazy_buckets(pairs).get(), inputs.form);
}

class PackedAttention : public testing::TestWithParam<Attention> {};
INSTANTIATE_TEST_SUITE_P(Implementations, PackedAttention, testing::Values(packed, bucketed));

void expect_like_naive(Attention attention, const AttentionForm& form, const SequencePairs& pairs) {
  SCOPED_TRACE(fmt::format("{} heads, {} of k, causal {}, bias {}, itself {}", form.heads,
                           form.kv_heads, form.causal, form.bias.table.defined(),
                           looks_at_itself(pairs)));
  const AttentionInputs ours(form);
  const AttentionInputs plain(form);
  const Tensor y = attention(ours, pairs);
  const Tensor expected = naive_attention(plain, pairs);
  EXPECT_LE(distance(y, expected), kAttentionRounding);
  weighed_sum(y).backward();
  weighed_sum(expected).backward();
  EXPECT_LE(distance(ours.q.grad(), plain.q.grad()), kAttentionRounding) << "q";
  EXPECT_LE(distance(ours.k.grad(), plain.k.grad()), kAttentionRounding) << "k";
  EXPECT_LE(distance(ours.v.grad(), plain.v.grad()), kAttentionRounding) << "v";
}

TEST_P(PackedAttention, IsAttentionOfEachSequenceAlone) {
  const auto buckets = length_buckets(kStarts, torch::kCPU);
  ASSERT_TRUE(std::any_of(buckets.begin(), buckets.end(), [](const LengthBucket& bucket) {
    return bucket.filled.defined();
  })) << "no bucket is padded: the test sees less than it should";
  for (const AttentionForm& form : {bidirectional(1, 6), bidirectional(2, 3), bidirectional(3, 2),
                                    causal(1, 1, 6), causal(3, 3, 2), causal(6, 2, 1),
                                    causal(6, 1, 1), AttentionForm{.heads = 2, .kv_heads = 1}}) {
    expect_like_naive(GetParam(), form, kItself);
    expect_like_naive(GetParam(), biased(form), kItself);
    if (form.causal) continue;
    expect_like_naive(GetParam(), form, kCrossing);
    expect_like_naive(GetParam(), biased(form), kCrossing);
  }
}

TEST_P(PackedAttention, LearnsItsBias) {
  for (const AttentionForm& form : {bidirectional(3, 2), causal(6, 2, 1)}) {
    const AttentionInputs ours(with_learnt_bias(form)), plain(with_learnt_bias(form));
    for (const SequencePairs& pairs : {kItself, kCrossing}) {
      if (form.causal && !looks_at_itself(pairs)) continue;
      weighed_sum(GetParam()(ours, pairs)).backward();
      weighed_sum(naive_attention(plain, pairs)).backward();
      EXPECT_LE(distance(ours.form.bias.table.grad(), plain.form.bias.table.grad()),
                kAttentionRounding);
      EXPECT_LE(distance(ours.q.grad(), plain.q.grad()), kAttentionRounding);
    }
  }
}

TEST(AttentionOfPackedRows, HasTheBitsOfEachSequenceAlone) {
  const torch::NoGradGuard no_grad;
  const AttentionInputs all(biased(bidirectional(2, 3)));
  const Tensor together = packed(all, kCrossing);
  for (std::size_t s = 0; s < kCrossing.source.size(); ++s) {
    const std::int64_t key = kCrossing.source[s];
    const auto rows = [&](const Tensor& t, const std::vector<std::int64_t>& starts, std::size_t i) {
      return t.slice(0, starts[i], starts[i + 1]);
    };
    AttentionInputs one = all;
    one.q = rows(all.q, kCrossing.queries, s);
    one.k = rows(all.k, kCrossing.keys, key);
    one.v = rows(all.v, kCrossing.keys, key);
    const Tensor alone = packed(one, {{0, one.q.size(0)}, {0, one.k.size(0)}, {0}});
    EXPECT_TRUE(torch::equal(alone, rows(together, kCrossing.queries, s))) << s;
  }
}

TEST(AttentionOfPackedRows, IsTheSameWithoutEachSwitch) {
  for (const char* name : {"attention-kernel", "wide-vectors"}) {
    const Without without(name);
    for (const AttentionForm& form : {bidirectional(2, 3), causal(6, 2, 1)}) {
      expect_like_naive(packed, form, kItself);
    }
  }
}

TEST_P(PackedAttention, SurvivesAGradientThatIsAView) {
  const AttentionForm form = bidirectional(2, 3);
  const AttentionInputs ours(form);
  const AttentionInputs plain(form);
  // sum() hands an expanded gradient back, narrow() one with strides.
  GetParam()(ours, kItself).t().narrow(0, 1, 3).sum().backward();
  naive_attention(plain, kItself).t().narrow(0, 1, 3).sum().backward();
  EXPECT_LE(distance(ours.q.grad(), plain.q.grad()), kAttentionRounding);
  EXPECT_LE(distance(ours.v.grad(), plain.v.grad()), kAttentionRounding);
}

TEST_P(PackedAttention, RefusesLengthsThatDoNotFit) {
  AttentionForm form = biased(bidirectional(2, 3));
  form.bias.zero = 18;
  EXPECT_EQ(error_of([&] { GetParam()(AttentionInputs(form), kItself); }),
            "attention: the bias has distances from -18 to 24, and 20 rows look at 20");
  EXPECT_EQ(error_of([&] { GetParam()(AttentionInputs(causal(2, 2, 3)), kCrossing); }),
            "attention: 2 rows look at 20, and under a causal mask a sequence looks at itself");
}

TEST(AttentionForm, RefusesWidthsThatDoNotFit) {
  const Tensor q = normal({60, 6}, "q"), k = normal({60, 3}, "k");
  EXPECT_EQ(error_of([&] { check_form(causal(6, 4, 1), q, k, k); }),
            "attention: 4 heads of k and v do not divide 6 heads");
  EXPECT_EQ(error_of([&] { check_form(causal(4, 2, 1), q, k, k); }),
            "attention: 4 heads do not divide rows of 6");
  EXPECT_EQ(error_of([&] { check_form(causal(6, 6, 1), q, k, k); }),
            "attention: k and v must have rows of 6 for 6 heads");
  AttentionForm form = causal(6, 3, 1);
  form.bias.table = normal({3, 9}, "bias");
  EXPECT_EQ(error_of([&] { check_form(form, q, k, k); }),
            "attention: a bias must be [6, distances] of type Double");
}

}  // namespace
}  // namespace rankwise
