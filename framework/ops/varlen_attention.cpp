#include "framework/ops/varlen_attention.h"

#include "framework/ops/determinism.h"
#include "framework/ops/kept_form.h"

#include <ATen/ops/_efficient_attention_backward.h>
#include <ATen/ops/_efficient_attention_forward.h>
#include <ATen/ops/_flash_attention_backward.h>
#include <ATen/ops/_flash_attention_forward.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <tuple>

namespace rankwise {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr double kNoDropout = 0;

// Rows of heads: [N, heads, d].
Tensor split_heads(const Tensor& rows, std::int64_t heads) {
  return rows.unflatten(1, {heads, rows.size(1) / heads});
}

void keep_sequences(AutogradContext& context, const VarlenSequences& sequences) {
  context.saved_data["longest"] = sequences.longest;
  context.saved_data["longest_keys"] = sequences.longest_keys;
}

/// Of bf16, heads of k and v that several of q share included.
class Flash : public torch::autograd::Function<Flash> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& q, const Tensor& k, const Tensor& v,
                        const VarlenSequences& sequences, const AttentionForm& form) {
    const Tensor queries = split_heads(q, form.heads), keys = split_heads(k, form.kv_heads),
                 values = split_heads(v, form.kv_heads);
    const auto [out, log_sum, state, unused, mask] = at::_flash_attention_forward(
        queries, keys, values, sequences.starts, sequences.key_starts, sequences.longest,
        sequences.longest_keys, kNoDropout, form.causal, /*return_debug_mask=*/false, form.scale);
    context->save_for_backward({queries, keys, values, out, log_sum, sequences.starts,
                                sequences.key_starts, state, unused});
    keep_form(*context, form);
    keep_sequences(*context, sequences);
    return out.flatten(1);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const AttentionForm form = kept_form(*context, {});
    const FixedOrder fixed_order;
    const auto [d_q, d_k, d_v] = at::_flash_attention_backward(
        split_heads(gradients[0].contiguous(), form.heads), saved[0], saved[1], saved[2], saved[3],
        saved[4], saved[5], saved[6], context->saved_data["longest"].toInt(),
        context->saved_data["longest_keys"].toInt(), kNoDropout, form.causal, saved[7], saved[8],
        form.scale);
    return {d_q.flatten(1), d_k.flatten(1), d_v.flatten(1), Tensor(), Tensor()};
  }
};

// That kernel's masks: none, or causal from the first row of both on.
std::int64_t mask_of(const AttentionForm& form) { return form.causal ? 1 : 0; }

// A batch of one with a head of k and v for each of q: [1, M, H, d].
Tensor head_for_each(const Tensor& rows, const AttentionForm& form) {
  const Tensor heads = split_heads(rows, form.kv_heads).unsqueeze(0);
  return form.group() == 1 ? heads : heads.repeat_interleave(form.group(), 2);
}

// Its transpose: gradients of shared heads are summed.
Tensor sum_of_shared(const Tensor& gradient, const AttentionForm& form) {
  const Tensor heads = gradient.squeeze(0);
  if (form.group() == 1) return heads.flatten(1);
  return heads.unflatten(1, {form.kv_heads, form.group()}).sum(2).flatten(1);
}

class MemoryEfficient : public torch::autograd::Function<MemoryEfficient> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& q, const Tensor& k, const Tensor& v,
                        const VarlenSequences& sequences, const AttentionForm& form) {
    const Tensor queries = split_heads(q, form.heads).unsqueeze(0), keys = head_for_each(k, form),
                 values = head_for_each(v, form);
    const auto made = at::_efficient_attention_forward(
        queries, keys, values, /*bias=*/std::nullopt, sequences.starts, sequences.key_starts,
        sequences.longest, sequences.longest_keys, kNoDropout, mask_of(form),
        /*compute_log_sumexp=*/true, form.scale);
    const Tensor& out = std::get<0>(made);
    context->save_for_backward({queries, keys, values, out, std::get<1>(made), sequences.starts,
                                sequences.key_starts, std::get<2>(made), std::get<3>(made)});
    keep_form(*context, form);
    keep_sequences(*context, sequences);
    return out.squeeze(0).flatten(1);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const AttentionForm form = kept_form(*context, {});
    const FixedOrder fixed_order;
    const auto made = at::_efficient_attention_backward(
        split_heads(gradients[0].contiguous(), form.heads).unsqueeze(0), saved[0], saved[1],
        saved[2],
        /*bias=*/std::nullopt, saved[3], saved[5], saved[6], context->saved_data["longest"].toInt(),
        context->saved_data["longest_keys"].toInt(), saved[4], kNoDropout, saved[7], saved[8],
        mask_of(form), /*bias_requires_grad=*/false, form.scale);
    return {std::get<0>(made).squeeze(0).flatten(1), sum_of_shared(std::get<1>(made), form),
            sum_of_shared(std::get<2>(made), form), Tensor(), Tensor()};
  }
};

}  // namespace

bool has_varlen_attention(const at::Device& device, c10::ScalarType type) {
  return device.is_cuda() && (type == torch::kBFloat16 || type == torch::kFloat32);
}

bool fits_varlen_attention(const AttentionForm& form, std::int64_t head_width) {
  constexpr std::int64_t kWidest = 256, kMultiple = 8;
  return !form.bias.table.defined() && head_width <= kWidest && head_width % kMultiple == 0;
}

at::Tensor varlen_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const VarlenSequences& sequences, const AttentionForm& form) {
  return q.scalar_type() == torch::kBFloat16 ? Flash::apply(q, k, v, sequences, form)
                                             : MemoryEfficient::apply(q, k, v, sequences, form);
}

}  // namespace rankwise
