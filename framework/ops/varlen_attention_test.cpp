// LibTorch has these kernels on GPUs alone. Here plain attention stands in for them on the CPU,
// which reads what they are given as they do: whether it is what they ask for shows without a GPU.

#include "framework/ops/varlen_attention.h"

#include "framework/data/length_buckets.h"
#include "framework/ops/bucketed_attention.h"

#include <c10/core/impl/LocalDispatchKeySet.h>
#include <gmock/gmock.h>
#include <torch/library.h>
#include <torch/types.h>

#include <optional>
#include <tuple>

namespace rankwise {
namespace {

using torch::Tensor;
using Numbers = std::optional<Tensor>;
using OptionalSize = std::optional<std::int64_t>;

struct Given {
  Tensor q, k, v;  // [N, H, d], [M, K, d]
  Tensor starts, key_starts;
  bool causal;
  double scale;
};

// Sequence by sequence, head by head.
Tensor attended(const Given& given) {
  const std::int64_t group = given.q.size(1) / given.k.size(1);
  std::vector<Tensor> rows;
  for (std::int64_t s = 0; s + 1 < given.starts.size(0); ++s) {
    const auto part = [s](const Tensor& tensor, const Tensor& starts) {
      return tensor.slice(0, starts[s].item<std::int64_t>(), starts[s + 1].item<std::int64_t>())
          .transpose(0, 1);
    };
    const Tensor q = part(given.q, given.starts);
    const Tensor k = part(given.k, given.key_starts).repeat_interleave(group, 0);
    const Tensor v = part(given.v, given.key_starts).repeat_interleave(group, 0);
    Tensor scores = q.matmul(k.transpose(1, 2)) * given.scale;
    if (given.causal) scores = scores + torch::full_like(scores, -INFINITY).triu(1);
    rows.push_back(torch::softmax(scores, -1).matmul(v).transpose(0, 1));
  }
  return torch::cat(rows);
}

// Of what comes back through `attended`.
std::tuple<Tensor, Tensor, Tensor> gradients_of(Given given, const Tensor& upstream) {
  const c10::AutoGradMode with_gradients(true);
  const c10::impl::ForceDispatchKeyGuard recorded(c10::default_included_set,
                                                  c10::default_excluded_set);
  for (Tensor* one : {&given.q, &given.k, &given.v}) *one = one->detach().requires_grad_();
  attended(given).backward(upstream);
  return {given.q.grad(), given.k.grad(), given.v.grad()};
}

using Five = std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor>;

Five flash(const Tensor& q, const Tensor& k, const Tensor& v, const Numbers& starts,
           const Numbers& key_starts, std::int64_t /*longest*/, std::int64_t /*longest_keys*/,
           double dropout, bool causal, bool /*mask*/, std::optional<double> scale,
           OptionalSize /*left*/, OptionalSize /*right*/, const Numbers& /*used*/,
           const Numbers& /*slopes*/, const Numbers& /*blocks*/, OptionalSize /*splits*/) {
  TORCH_CHECK(dropout == 0 && starts->scalar_type() == torch::kInt32);
  const Tensor empty = torch::zeros({0}, q.options());
  return {attended({q, k, v, *starts, *key_starts, causal, *scale}), empty, empty, empty, empty};
}

std::tuple<Tensor, Tensor, Tensor> flash_backward(
    const Tensor& upstream, const Tensor& q, const Tensor& k, const Tensor& v,
    const Tensor& /*out*/, const Tensor& /*log_sum*/, const Tensor& starts,
    const Tensor& key_starts, std::int64_t /*longest*/, std::int64_t /*longest_keys*/,
    double /*dropout*/, bool causal, const Tensor& /*state*/, const Tensor& /*unused*/,
    std::optional<double> scale, OptionalSize /*left*/, OptionalSize /*right*/) {
  return gradients_of({q, k, v, starts, key_starts, causal, *scale}, upstream);
}

Given of_one(const Tensor& q, const Tensor& k, const Tensor& v, const Numbers& starts,
             const Numbers& key_starts, std::int64_t mask, std::optional<double> scale) {
  TORCH_CHECK(q.size(0) == 1 && q.size(2) == k.size(2) && mask <= 1);
  return {q[0], k[0], v[0], *starts, *key_starts, mask == 1, *scale};
}

using Six = std::tuple<Tensor, Tensor, Tensor, Tensor, c10::SymInt, c10::SymInt>;

Six efficient(const Tensor& q, const Tensor& k, const Tensor& v, const Numbers& bias,
              const Numbers& starts, const Numbers& key_starts, OptionalSize longest,
              OptionalSize longest_keys, double /*dropout*/, std::int64_t mask, bool /*log_sum*/,
              std::optional<double> scale, const Numbers& /*lengths*/, OptionalSize /*window*/) {
  TORCH_CHECK(!bias);
  const Tensor empty = torch::zeros({0}, q.options());
  const Tensor out = attended(of_one(q, k, v, starts, key_starts, mask, scale)).unsqueeze(0);
  return {out, empty, empty, empty, *longest, *longest_keys};
}

std::tuple<Tensor, Tensor, Tensor, Tensor> efficient_backward(
    const Tensor& upstream, const Tensor& q, const Tensor& k, const Tensor& v,
    const Numbers& /*bias*/, const Tensor& /*out*/, const Numbers& starts,
    const Numbers& key_starts, std::int64_t /*longest*/, std::int64_t /*longest_keys*/,
    const Tensor& /*log_sum*/, double /*dropout*/, const Tensor& /*seed*/, const Tensor& /*offset*/,
    std::int64_t mask, bool /*bias_gradient*/, std::optional<double> scale, OptionalSize /*splits*/,
    OptionalSize /*window*/, bool /*shared*/) {
  const auto [d_q, d_k, d_v] =
      gradients_of(of_one(q, k, v, starts, key_starts, mask, scale), upstream[0]);
  return {d_q.unsqueeze(0), d_k.unsqueeze(0), d_v.unsqueeze(0), Tensor()};
}

TORCH_LIBRARY_IMPL(aten, CPU, library) {
  library.impl("_flash_attention_forward", TORCH_FN(flash));
  library.impl("_flash_attention_backward", TORCH_FN(flash_backward));
  library.impl("_efficient_attention_forward", TORCH_FN(efficient));
  library.impl("_efficient_attention_backward", TORCH_FN(efficient_backward));
}

struct AttendedRows {
  Tensor q, k, v;
};

AttendedRows random_rows(std::int64_t queries, std::int64_t keys, const AttentionForm& form,
                         torch::ScalarType type) {
  constexpr std::int64_t kWidth = 8;
  torch::manual_seed(5);
  const auto rows = [&](std::int64_t count, std::int64_t heads) {
    return torch::randn({count, heads * kWidth}, torch::kFloat64).to(type).requires_grad_();
  };
  return {rows(queries, form.heads), rows(keys, form.kv_heads), rows(keys, form.kv_heads)};
}

// Outputs and gradients are those of the buckets, which run everywhere.
void expect_as_in_buckets(const LazyBuckets& buckets, const AttentionForm& form,
                          torch::ScalarType type, double tolerance) {
  const std::int64_t queries = buckets.starts()[-1].item<std::int64_t>();
  const std::int64_t keys = buckets.key_starts()[-1].item<std::int64_t>();
  const AttendedRows ours = random_rows(queries, keys, form, type);
  const AttendedRows plain = random_rows(queries, keys, form, torch::kFloat64);
  const Tensor found = varlen_attention(
      ours.q, ours.k, ours.v,
      {buckets.starts(), buckets.key_starts(), buckets.longest(), buckets.longest_keys()}, form);
  const Tensor expected = bucketed_attention(plain.q, plain.k, plain.v, buckets.get(), form);
  const Tensor upstream = torch::randn(expected.sizes(), torch::kFloat64);
  found.backward(upstream.to(type));
  expected.backward(upstream);
  const auto expect_near = [&](const Tensor& a, const Tensor& b) {
    EXPECT_LE((a.to(torch::kFloat64) - b).abs().max().item<double>(), tolerance);
  };
  expect_near(found.detach(), expected.detach());
  expect_near(ours.q.grad(), plain.q.grad());
  expect_near(ours.k.grad(), plain.k.grad());
  expect_near(ours.v.grad(), plain.v.grad());
}

class VarlenAttention : public ::testing::TestWithParam<torch::ScalarType> {
 protected:
  // fp64 goes the way of fp32; bf16 rounds to 8 bits.
  double tolerance() const { return GetParam() == torch::kBFloat16 ? 0.1 : 1e-12; }
};
INSTANTIATE_TEST_SUITE_P(Kernels, VarlenAttention,
                         ::testing::Values(torch::kBFloat16, torch::kFloat64),
                         [](const auto& test) { return std::string(c10::toString(test.param)); });

TEST_P(VarlenAttention, OfSequencesOnThemselves) {
  const LazyBuckets buckets({0, 3, 4, 9}, torch::kCPU);
  expect_as_in_buckets(buckets, bidirectional(2, 8), GetParam(), tolerance());
}

TEST_P(VarlenAttention, OfSharedHeadsUnderACausalMask) {
  const LazyBuckets buckets({0, 3, 4, 9}, torch::kCPU);
  expect_as_in_buckets(buckets, causal(4, 2, 8), GetParam(), tolerance());
}

TEST_P(VarlenAttention, OfSequencesOnOthersInTheirOrder) {
  const LazyBuckets buckets(LazyBuckets({0, 2, 3}, torch::kCPU),
                            LazyBuckets({0, 4, 9}, torch::kCPU), {0, 1});
  ASSERT_TRUE(buckets.in_order());
  expect_as_in_buckets(buckets, bidirectional(2, 8), GetParam(), tolerance());
}

TEST(VarlenSequences, OfAnotherOrderAreNone) {
  const LazyBuckets queries({0, 2, 3}, torch::kCPU), keys({0, 4, 9}, torch::kCPU);
  EXPECT_FALSE(LazyBuckets(queries, keys, {1, 0}).in_order());
  EXPECT_FALSE(LazyBuckets(queries, keys, {0, 0}).in_order());
  EXPECT_FALSE(LazyBuckets(queries, LazyBuckets({0, 4, 9, 11}, torch::kCPU), {0, 1}).in_order());
}

}  // namespace
}  // namespace rankwise
