#include "framework/ops/packed_attention.h"

#include "framework/ops/attention_kernel.h"
#include "framework/ops/bucketed_attention.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <cmath>

namespace rankwise {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// What one pass reads and writes; gradients are undefined in the forward pass.
struct Tensors {
  Tensor q, k, v, log_sum;  // [N, H], log_sum [N, heads]
  Tensor first_rows, lengths;
  Tensor out, d_out, d_q, d_k, d_v;
};

template <class T>
T* at_offset(const Tensor& tensor, std::int64_t offset) {
  return tensor.defined() ? tensor.data_ptr<T>() + offset : nullptr;
}

/// Calls run(head, scratch) for every head of every sequence.
template <class T>
void for_each_head(const Tensors& t, std::int64_t heads,
                   void (*run)(const AttentionHead<T>&, std::vector<T>&)) {
  const std::int64_t stride = t.q.size(1);
  const std::int64_t width = stride / heads;
  const auto* first = t.first_rows.data_ptr<std::int64_t>();
  const auto* length = t.lengths.data_ptr<std::int64_t>();
  at::parallel_for(0, t.lengths.size(0) * heads, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<T> scratch;
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t row = first[i / heads];
      const std::int64_t offset = row * stride + i % heads * width;
      run({.rows = length[i / heads],
           .width = width,
           .stride = stride,
           .scale = static_cast<T>(1 / std::sqrt(static_cast<double>(width))),
           .q = at_offset<T>(t.q, offset),
           .k = at_offset<T>(t.k, offset),
           .v = at_offset<T>(t.v, offset),
           .log_sum = at_offset<T>(t.log_sum, row * heads + i % heads),
           .log_sum_stride = heads,
           .out = at_offset<T>(t.out, offset),
           .d_out = at_offset<T>(t.d_out, offset),
           .d_q = at_offset<T>(t.d_q, offset),
           .d_k = at_offset<T>(t.d_k, offset),
           .d_v = at_offset<T>(t.d_v, offset)},
          scratch);
    }
  });
}

class PackedAttention : public torch::autograd::Function<PackedAttention> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& q, const Tensor& k, const Tensor& v,
                        const Tensor& first_rows, const Tensor& lengths, std::int64_t heads) {
    Tensors t{.q = q.contiguous(),
              .k = k.contiguous(),
              .v = v.contiguous(),
              .log_sum = at::empty({q.size(0), heads}, q.options()),
              .first_rows = first_rows,
              .lengths = lengths,
              .out = at::empty(q.sizes(), q.options())};
    AT_DISPATCH_FLOATING_TYPES(q.scalar_type(), "packed_attention", [&] {
      for_each_head(t, heads, attention_kernels<scalar_t>().front().forward);
    });
    context->save_for_backward({t.q, t.k, t.v, t.log_sum, first_rows, lengths});
    context->saved_data["heads"] = heads;
    return t.out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensors t{.q = saved[0],
                    .k = saved[1],
                    .v = saved[2],
                    .log_sum = saved[3],
                    .first_rows = saved[4],
                    .lengths = saved[5],
                    .d_out = gradients[0].contiguous(),
                    .d_q = at::empty_like(saved[0]),
                    .d_k = at::empty_like(saved[1]),
                    .d_v = at::empty_like(saved[2])};
    AT_DISPATCH_FLOATING_TYPES(t.q.scalar_type(), "packed_attention", [&] {
      for_each_head(t, context->saved_data["heads"].toInt(),
                    attention_kernels<scalar_t>().front().backward);
    });
    return {t.d_q, t.d_k, t.d_v, Tensor(), Tensor(), Tensor()};
  }
};

bool has_kernel(const Tensor& q) {
  return q.is_cpu() && (q.scalar_type() == torch::kFloat32 || q.scalar_type() == torch::kFloat64);
}

}  // namespace

at::Tensor packed_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const PackedSequences& sequences, std::int64_t heads) {
  if (!has_kernel(q)) return bucketed_attention(q, k, v, sequences.buckets.get(), heads);
  return PackedAttention::apply(q, k, v, sequences.first_rows, sequences.lengths, heads);
}

}  // namespace rankwise
