/// What attention computes: heads, who sees whom, the scale of the scores and what is added to
/// them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace rankwise {

/// Added to the score of row i of q and row j of k of a sequence: table[head][zero + j - i].
struct DistanceBias {
  at::Tensor table = {};  // [H, D], fp32 where q is bf16; undefined: nothing is added
  std::int64_t zero = 0;  // the column of distance 0
};

struct AttentionForm {
  std::int64_t heads = 1;     // H of q
  std::int64_t kv_heads = 1;  // K of k and v; K neighbouring groups of H / K heads share one
  bool causal = false;        // a row sees itself and the rows of its sequence before it
  double scale = 1;           // of the scores q kᵀ
  DistanceBias bias = {};

  std::int64_t group() const { return heads / kv_heads; }
};

/// Every head with a k and v of its own, each row sees its whole sequence, scale 1 / sqrt(d):
/// BERT's.
AttentionForm bidirectional(std::int64_t heads, std::int64_t head_width);

/// Grouped heads (Ainslie et al., 2023) under a causal mask, scale 1 / sqrt(d): LLaMA's.
AttentionForm causal(std::int64_t heads, std::int64_t kv_heads, std::int64_t head_width);

/// Throws Error where q [N, H * d], k and v [M, K * d] and the form do not fit each other.
void check_form(const AttentionForm& form, const at::Tensor& q, const at::Tensor& k,
                const at::Tensor& v);

/// Throws Error where a sequence of `rows` rows that looks at `key_rows` reaches beyond the bias,
/// or where a causal one looks at another number of rows than its own.
void check_lengths(const AttentionForm& form, std::int64_t rows, std::int64_t key_rows);

}  // namespace rankwise
