#include "framework/ops/attention_kernel.h"
#include "framework/ops/benchmarks/timed_ops.h"
#include "framework/ops/packed_attention.h"

#include <numeric>

namespace rankwise {

namespace {

// Products of [L, d] and [d, L] or [L, L] and [L, d]: two forward; backward makes the scores again,
// and four gradients.
constexpr double kForwardProducts = 2, kBackwardProducts = 5;

Work attention_work(const BatchShape& shape, double products, double tensors) {
  const auto width = static_cast<double>(shape.width);
  const auto shared = static_cast<double>(shape.kv_heads * shape.head_width());
  return {products * 2 * shape.scores() * width,
          static_cast<double>(shape.rows()) * tensors * (width + shared)};
}

TimedOp packed_of(const BatchShape& shape) {
  const std::int64_t shared = shape.kv_heads * shape.head_width();
  const torch::Tensor q = leaf({shape.rows(), shape.width}), k = leaf({shape.rows(), shared}),
                      v = leaf({shape.rows(), shared});
  std::vector<std::int64_t> starts{0};
  for (const std::int64_t length : shape.lengths) starts.push_back(starts.back() + length);
  const auto buckets = std::make_shared<LazyBuckets>(starts, torch::kCPU);
  const torch::Tensor bounds = torch::tensor(starts, torch::kInt64);
  const torch::Tensor first = bounds.slice(0, 0, -1).contiguous(), lengths = bounds.diff();
  AttentionForm form = shape.causal ? causal(shape.heads, shape.kv_heads, shape.head_width())
                                    : bidirectional(shape.heads, shape.head_width());
  return {{q, k, v},
          [=] {
            return packed_attention(q, k, v, {first, lengths, *buckets}, form);
          },
          attention_work(shape, kForwardProducts, 2),
          attention_work(shape, kBackwardProducts, 4)};
}

// Buffers of one head of one sequence.
struct HeadBuffers {
  HeadBuffers(std::int64_t length, std::int64_t width)
      : tensors(torch::randn({8, length, width})), log_sum(torch::zeros({length})) {}

  AttentionHead<float> head(bool causal) const {
    const auto at = [&](std::int64_t i) { return tensors[i].data_ptr<float>(); };
    const std::int64_t length = tensors.size(1), width = tensors.size(2);
    return {.rows = length,
            .kv_rows = length,
            .width = width,
            .stride = width,
            .kv_stride = width,
            .scale = 0.125F,
            .causal = causal,
            .q = at(0),
            .k = at(1),
            .v = at(2),
            .log_sum = log_sum.data_ptr<float>(),
            .out = at(3),
            .d_out = at(4),
            .d_q = at(5),
            .d_k = at(6),
            .d_v = at(7)};
  }

  torch::Tensor tensors, log_sum;
};

// The longest sequence's head alone, by one instruction set.
void time_kernel(benchmark::State& state, const BatchShape& shape,
                 const AttentionKernel<float>& kernel, bool backward) {
  const std::int64_t length = shape.lengths.back();
  const HeadBuffers buffers(length, shape.head_width());
  const AttentionHead<float> head = buffers.head(shape.causal);
  std::vector<float> scratch;
  kernel.forward(head, scratch);
  for (auto _ : state) (backward ? kernel.backward : kernel.forward)(head, scratch);
  const BatchShape alone{"", {length}, shape.head_width(), 0, 1, 1, shape.causal, 0};
  count(state,
        attention_work(alone, backward ? kBackwardProducts : kForwardProducts, backward ? 4 : 2));
}

}  // namespace

void add_attention_ops(const BatchShape& shape) {
  add_op("attention", shape, packed_of);
  for (const AttentionKernel<float>& kernel : attention_kernels<float>()) {
    for (const bool backward : {false, true}) {
      const std::string name = "attention_kernel/" + kernel.name + "/" + shape.name +
                               (backward ? "/backward" : "/forward");
      benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
        time_kernel(state, shape, kernel, backward);
      })->Unit(benchmark::kMicrosecond);
    }
  }
}

}  // namespace rankwise
