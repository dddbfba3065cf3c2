#include "framework/ops/packed_attention.h"

#include "framework/ops/attention_kernel.h"
#include "framework/ops/bucketed_attention.h"
#include "framework/ops/kept_form.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

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

/// Head `head` of q and its k and v, of the sequence of `rows` rows that begins at row `first`.
template <class T>
AttentionHead<T> head_of(const Tensors& t, const AttentionForm& form, std::int64_t first,
                         std::int64_t rows, std::int64_t head) {
  const std::int64_t stride = t.q.size(1), kv_stride = t.k.size(1);
  const std::int64_t width = stride / form.heads;
  const std::int64_t offset = first * stride + head * width;
  const std::int64_t kv_offset = first * kv_stride + head / form.group() * width;
  return {.rows = rows,
          .width = width,
          .stride = stride,
          .kv_stride = kv_stride,
          .scale = static_cast<T>(form.scale),
          .causal = form.causal,
          .q = at_offset<T>(t.q, offset),
          .k = at_offset<T>(t.k, kv_offset),
          .v = at_offset<T>(t.v, kv_offset),
          .log_sum = at_offset<T>(t.log_sum, first * form.heads + head),
          .log_sum_stride = form.heads,
          .out = at_offset<T>(t.out, offset),
          .d_out = at_offset<T>(t.d_out, offset),
          .d_q = at_offset<T>(t.d_q, offset),
          .d_k = at_offset<T>(t.d_k, kv_offset),
          .d_v = at_offset<T>(t.d_v, kv_offset),
          .adds = head % form.group() != 0};
}

/// Calls run(head, scratch) for every head of every sequence, one after another where they share k
/// and v.
template <class T>
void for_each_head(const Tensors& t, const AttentionForm& form,
                   void (*run)(const AttentionHead<T>&, std::vector<T>&)) {
  const auto* first = t.first_rows.data_ptr<std::int64_t>();
  const auto* length = t.lengths.data_ptr<std::int64_t>();
  const std::int64_t groups = t.lengths.size(0) * form.kv_heads;
  at::parallel_for(0, groups, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<T> scratch;
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t sequence = i / form.kv_heads;
      for (std::int64_t j = 0; j < form.group(); ++j) {
        const std::int64_t head = i % form.kv_heads * form.group() + j;
        run(head_of<T>(t, form, first[sequence], length[sequence], head), scratch);
      }
    }
  });
}

class PackedAttention : public torch::autograd::Function<PackedAttention> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& q, const Tensor& k, const Tensor& v,
                        const Tensor& first_rows, const Tensor& lengths,
                        const AttentionForm& form) {
    Tensors t{.q = q.contiguous(),
              .k = k.contiguous(),
              .v = v.contiguous(),
              .log_sum = at::empty({q.size(0), form.heads}, q.options()),
              .first_rows = first_rows,
              .lengths = lengths,
              .out = at::empty(q.sizes(), q.options())};
    AT_DISPATCH_FLOATING_TYPES(q.scalar_type(), "packed_attention", [&] {
      for_each_head(t, form, attention_kernels<scalar_t>().front().forward);
    });
    context->save_for_backward({t.q, t.k, t.v, t.log_sum, first_rows, lengths});
    keep_form(*context, form);
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
      for_each_head(t, kept_form(*context), attention_kernels<scalar_t>().front().backward);
    });
    return {t.d_q, t.d_k, t.d_v, Tensor(), Tensor(), Tensor()};
  }
};

bool has_kernel(const Tensor& q) {
  return q.is_cpu() && (q.scalar_type() == torch::kFloat32 || q.scalar_type() == torch::kFloat64);
}

}  // namespace

at::Tensor packed_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const PackedSequences& sequences, const AttentionForm& form) {
  check_form(form, q, k, v);
  if (!has_kernel(q)) return bucketed_attention(q, k, v, sequences.buckets.get(), form);
  return PackedAttention::apply(q, k, v, sequences.first_rows, sequences.lengths, form);
}

}  // namespace rankwise
