#include "framework/ops/attention_kernel.h"
#include "framework/ops/benchmarks/timed_ops.h"
#include "framework/ops/bucketed_attention.h"
#include "framework/ops/kv_cache.h"
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

AttentionForm form_of(const BatchShape& shape) {
  return shape.causal ? causal(shape.heads, shape.kv_heads, shape.head_width())
                      : bidirectional(shape.heads, shape.head_width());
}

struct Heads {
  explicit Heads(const BatchShape& shape)
      : q(leaf({shape.rows(), shape.width})),
        k(leaf({shape.rows(), shape.kv_heads * shape.head_width()})),
        v(leaf(k.sizes())) {}

  torch::Tensor q, k, v;
};

TimedOp attention_of(const BatchShape& shape, const Heads& given,
                     std::function<torch::Tensor()> forward) {
  return {{given.q, given.k, given.v},
          std::move(forward),
          attention_work(shape, kForwardProducts, 2),
          attention_work(shape, kBackwardProducts, 4)};
}

std::vector<std::int64_t> starts_of(const BatchShape& shape) {
  std::vector<std::int64_t> starts{0};
  for (const std::int64_t length : shape.lengths) starts.push_back(starts.back() + length);
  return starts;
}

TimedOp packed_of(const BatchShape& shape) {
  const std::vector<std::int64_t> starts = starts_of(shape);
  const auto buckets = std::make_shared<LazyBuckets>(starts, torch::kCPU);
  const torch::Tensor bounds = torch::tensor(starts, torch::kInt64);
  const torch::Tensor first = bounds.slice(0, 0, -1).contiguous(), lengths = bounds.diff();
  const Heads given(shape);
  return attention_of(shape, given, [=, form = form_of(shape)] {
    return packed_attention(given.q, given.k, given.v, {first, lengths, *buckets}, form);
  });
}

TimedOp bucketed_of(const BatchShape& shape) {
  const auto buckets = std::make_shared<LazyBuckets>(starts_of(shape), torch::kCPU);
  const Heads given(shape);
  return attention_of(shape, given, [=, form = form_of(shape)] {
    return bucketed_attention(given.q, given.k, given.v, buckets->get(), form);
  });
}

/// Row `position` of each sequence.
Batch one_row_each(std::int64_t sequences, std::int64_t position) {
  Batch batch;
  batch.positions = torch::full({sequences}, position, torch::kInt64);
  batch.first_rows = batch.row_sequence = torch::arange(sequences);
  batch.lengths = torch::ones({sequences}, torch::kInt64);
  std::vector<std::int64_t> starts(static_cast<std::size_t>(sequences) + 1);
  std::iota(starts.begin(), starts.end(), 0);
  batch.buckets = LazyBuckets(starts, torch::kCPU);
  return batch;
}

// All rows of the shape's sequences, one after another: every step reads the keys and values of the
// rows before it.
TimedOp cache_of(const BatchShape& shape) {
  const auto sequences = static_cast<std::int64_t>(shape.lengths.size());
  const std::int64_t length = shape.lengths.back(), shared = shape.kv_heads * shape.head_width();
  const torch::Tensor q = torch::randn({sequences, shape.width});
  const torch::Tensor k = torch::randn({sequences, shared}), v = torch::randn({sequences, shared});
  const auto write = [=, form = form_of(shape)] {
    KvCache cache(length);
    torch::Tensor out;
    for (std::int64_t position = 0; position < length; ++position) {
      const Batch batch = one_row_each(sequences, position);
      cache.begin(batch);
      out = cache.attend(0, q, k, v, form);
    }
    return out;
  };
  Work work = attention_work(shape, kForwardProducts, 2);
  work.values += 2 * shape.scores() * static_cast<double>(shared);
  return {{}, write, work};
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
  add_op("bucketed_attention", shape, bucketed_of);
  if (shape.causal) add_forward_op("kv_cache", shape, cache_of);
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
