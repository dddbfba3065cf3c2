/// An attention's form between forward and backward, but for its bias, which is saved as a tensor.
#pragma once

#include "framework/ops/attention_form.h"

#include <torch/csrc/autograd/custom_function.h>

namespace rankwise {

inline void keep_form(torch::autograd::AutogradContext& context, const AttentionForm& form) {
  context.saved_data["heads"] = form.heads;
  context.saved_data["kv_heads"] = form.kv_heads;
  context.saved_data["causal"] = form.causal;
  context.saved_data["scale"] = form.scale;
  context.saved_data["zero"] = form.bias.zero;
}

inline AttentionForm kept_form(torch::autograd::AutogradContext& context, const at::Tensor& bias) {
  return {.heads = context.saved_data["heads"].toInt(),
          .kv_heads = context.saved_data["kv_heads"].toInt(),
          .causal = context.saved_data["causal"].toBool(),
          .scale = context.saved_data["scale"].toDouble(),
          .bias = {bias, context.saved_data["zero"].toInt()}};
}

}  // namespace rankwise
