/// What attention computes: heads, who sees whom, and the scale of the scores.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace rankwise {

struct AttentionForm {
  std::int64_t heads = 1;     // H of q
  std::int64_t kv_heads = 1;  // K of k and v; K neighbouring groups of H / K heads share one
  bool causal = false;        // a row sees itself and the rows of its sequence before it
  double scale = 1;           // of the scores q kᵀ

  std::int64_t group() const { return heads / kv_heads; }
};

/// Every head with a k and v of its own, each row sees its whole sequence, scale 1 / sqrt(d):
/// BERT's.
AttentionForm bidirectional(std::int64_t heads, std::int64_t head_width);

/// Grouped heads (Ainslie et al., 2023) under a causal mask, scale 1 / sqrt(d): LLaMA's.
AttentionForm causal(std::int64_t heads, std::int64_t kv_heads, std::int64_t head_width);

/// Throws Error where q [N, H * d], k and v [N, K * d] and the form do not fit each other.
void check_form(const AttentionForm& form, const at::Tensor& q, const at::Tensor& k,
                const at::Tensor& v);

}  // namespace rankwise
