#include "framework/ops/packed_attention.h"

#include "framework/core/error.h"
#include "framework/core/switches.h"
#include "framework/data/upload.h"
#include "framework/ops/attention_kernel.h"
#include "framework/ops/bucketed_attention.h"
#include "framework/ops/instruction_set.h"
#include "framework/ops/kept_form.h"
#include "framework/ops/precision.h"
#include "framework/ops/varlen_attention.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace rankwise {

namespace {

const Switch kernel_switch("attention-kernel",
                           "attention of each head by a kernel of its own, on the CPU; without: by "
                           "LibTorch, sequences of like length padded");

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// What one pass reads and writes; gradients are undefined in the forward pass.
struct Tensors {
  Tensor q, k, v, log_sum;  // [N, H], log_sum [N, heads]
  Tensor first_rows, lengths;
  Tensor key_first_rows, key_lengths;  // undefined: a sequence looks at itself
  Tensor out = {}, d_out = {}, d_q = {}, d_k = {}, d_v = {};

  bool crosses() const { return key_lengths.defined(); }
};

const std::int64_t* whole_numbers(const Tensor& tensor) { return tensor.data_ptr<std::int64_t>(); }

template <class T>
T* at_offset(const Tensor& tensor, std::int64_t offset) {
  return tensor.defined() ? tensor.data_ptr<T>() + offset : nullptr;
}

/// Head `head` of q and its k and v, of sequence `sequence`.
template <class S>
AttentionHead<S> head_of(const Tensors& t, const AttentionForm& form, std::int64_t sequence,
                         std::int64_t head) {
  using T = ComputedIn<S>;
  const std::int64_t first = whole_numbers(t.first_rows)[sequence];
  const std::int64_t rows = whole_numbers(t.lengths)[sequence];
  const std::int64_t kv_first = t.crosses() ? whole_numbers(t.key_first_rows)[sequence] : first;
  const std::int64_t stride = t.q.size(1), kv_stride = t.k.size(1);
  const std::int64_t width = stride / form.heads;
  const std::int64_t offset = first * stride + head * width;
  const std::int64_t kv_offset = kv_first * kv_stride + head / form.group() * width;
  const Tensor& bias = form.bias.table;
  return {.rows = rows,
          .kv_rows = t.crosses() ? whole_numbers(t.key_lengths)[sequence] : rows,
          .width = width,
          .stride = stride,
          .kv_stride = kv_stride,
          .scale = static_cast<T>(form.scale),
          .causal = form.causal,
          .bias = at_offset<T>(bias, bias.defined() ? head * bias.size(1) + form.bias.zero : 0),
          .q = at_offset<S>(t.q, offset),
          .k = at_offset<S>(t.k, kv_offset),
          .v = at_offset<S>(t.v, kv_offset),
          .log_sum = at_offset<T>(t.log_sum, first * form.heads + head),
          .log_sum_stride = form.heads,
          .out = at_offset<S>(t.out, offset),
          .d_out = at_offset<S>(t.d_out, offset),
          .d_q = at_offset<S>(t.d_q, offset),
          .d_k = at_offset<S>(t.d_k, kv_offset),
          .d_v = at_offset<S>(t.d_v, kv_offset)};
}

/// Sequences that look at the same keys, side by side: the gradients of these are summed.
struct ByKeys {
  explicit ByKeys(const Tensors& t) {
    const std::int64_t* keys = whole_numbers(t.crosses() ? t.key_first_rows : t.first_rows);
    order.resize(static_cast<std::size_t>(t.lengths.size(0)));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return keys[a] < keys[b]; });
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (i == 0 || keys[order[i]] != keys[order[i - 1]]) starts.push_back(i);
    }
    groups = static_cast<std::int64_t>(starts.size());
    starts.push_back(order.size());
  }

  std::vector<std::int64_t> order;  // [S] sequences
  std::vector<std::size_t> starts;  // [groups + 1]
  std::int64_t groups = 0;
};

template <class S>
const AttentionKernel<S>& kernel() {
  const auto& kernels = attention_kernels<S>();
  return wide_vectors() ? kernels.front() : kernels.back();
}

/// Calls run(head, scratch) for every head of every sequence, one after another where they share k
/// and v.
template <class S>
void for_each_head(const Tensors& t, const AttentionForm& form,
                   void (*run)(const AttentionHead<S>&, std::vector<ComputedIn<S>>&)) {
  const ByKeys by_keys(t);
  at::parallel_for(0, by_keys.groups * form.kv_heads, 1, [&](std::int64_t begin, std::int64_t end) {
    std::vector<ComputedIn<S>> scratch;
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t group = i / form.kv_heads, first = i % form.kv_heads * form.group();
      for (std::size_t n = by_keys.starts[group]; n < by_keys.starts[group + 1]; ++n) {
        for (std::int64_t j = 0; j < form.group(); ++j) {
          AttentionHead<S> head = head_of<S>(t, form, by_keys.order[n], first + j);
          head.adds = j > 0 || n > by_keys.starts[group];
          run(head, scratch);
        }
      }
    }
  });
}

void check_all_lengths(const PackedSequences& sequences, const AttentionForm& form) {
  if (!sequences.key_lengths.defined() && !form.bias.table.defined()) return;
  const Tensor& keys = sequences.key_lengths.defined() ? sequences.key_lengths : sequences.lengths;
  check(keys.numel() == sequences.lengths.numel(),
        "attention: {} sequences have {} sequences to look at", sequences.lengths.numel(),
        keys.numel());
  for (std::int64_t s = 0; s < keys.numel(); ++s) {
    check_lengths(form, whole_numbers(sequences.lengths)[s], whole_numbers(keys)[s]);
  }
}

class PackedAttention : public torch::autograd::Function<PackedAttention> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& q, const Tensor& k, const Tensor& v,
                        const PackedSequences& sequences, const AttentionForm& given) {
    const Tensors t{.q = q.contiguous(),
                    .k = k.contiguous(),
                    .v = v.contiguous(),
                    .log_sum = at::empty({q.size(0), given.heads}, computed_in(q)),
                    .first_rows = sequences.first_rows,
                    .lengths = sequences.lengths,
                    .key_first_rows = sequences.key_first_rows,
                    .key_lengths = sequences.key_lengths,
                    .out = at::empty(q.sizes(), q.options())};
    AttentionForm form = given;
    if (form.bias.table.defined()) form.bias.table = form.bias.table.contiguous();
    AT_DISPATCH_FLOATING_TYPES_AND(torch::kBFloat16, q.scalar_type(), "packed_attention",
                                   [&] { for_each_head(t, form, kernel<scalar_t>().forward); });
    context->save_for_backward({t.q, t.k, t.v, t.log_sum, t.first_rows, t.lengths, t.key_first_rows,
                                t.key_lengths, form.bias.table});
    keep_form(*context, form);
    return t.out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    Tensors t{.q = saved[0],
              .k = saved[1],
              .v = saved[2],
              .log_sum = saved[3],
              .first_rows = saved[4],
              .lengths = saved[5],
              .key_first_rows = saved[6],
              .key_lengths = saved[7],
              .d_out = gradients[0].contiguous(),
              .d_q = at::empty_like(saved[0])};
    // Keys that no sequence looks at have a gradient of zero.
    t.d_k = t.crosses() ? at::zeros_like(t.k) : at::empty_like(t.k);
    t.d_v = t.crosses() ? at::zeros_like(t.v) : at::empty_like(t.v);
    const AttentionForm form = kept_form(*context, saved[8]);
    AT_DISPATCH_FLOATING_TYPES_AND(torch::kBFloat16, t.q.scalar_type(), "packed_attention",
                                   [&] { for_each_head(t, form, kernel<scalar_t>().backward); });
    return {t.d_q, t.d_k, t.d_v, Tensor(), Tensor()};
  }
};

bool has_kernel(const Tensor& q, const AttentionForm& form) {
  const torch::ScalarType type = q.scalar_type();
  const bool right_type =
      type == torch::kFloat32 || type == torch::kFloat64 || type == torch::kBFloat16;
  const Tensor& bias = form.bias.table;
  const bool wants_gradient =
      torch::GradMode::is_enabled() && bias.defined() && bias.requires_grad();
  return kernel_switch && q.is_cpu() && right_type && !wants_gradient;
}

bool is_varlen(const Tensor& q, const LazyBuckets& buckets, const AttentionForm& form) {
  return has_varlen_attention(q.device(), q.scalar_type()) &&
         fits_varlen_attention(form, q.size(1) / form.heads) && buckets.in_order();
}

}  // namespace

at::Tensor packed_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const PackedSequences& sequences, const AttentionForm& form) {
  check_form(form, q, k, v);
  const LazyBuckets& buckets = sequences.buckets;
  if (is_varlen(q, buckets, form)) {
    return varlen_attention(
        q, k, v,
        {buckets.starts(), buckets.key_starts(), buckets.longest(), buckets.longest_keys()}, form);
  }
  if (!has_kernel(q, form)) return bucketed_attention(q, k, v, sequences.buckets.get(), form);
  check_all_lengths(sequences, form);
  return PackedAttention::apply(q, k, v, sequences, form);
}

bool attends_in_buckets(const at::Device& device, c10::ScalarType type, bool biased) {
  return is_accelerator(device) && (biased || !has_varlen_attention(device, type));
}

}  // namespace rankwise
