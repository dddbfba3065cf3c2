/// packed_attention() on GPUs by LibTorch's kernels for sequences of any length, end to end.
///
/// Dimensions: N rows and S sequences of q, M rows of k and v, H heads of width d, K heads of k and
/// v.
#pragma once

#include "framework/ops/attention_form.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace rankwise {

/// Where sequences begin, as those kernels read it: S + 1 numbers, the last one of all rows.
struct VarlenSequences {
  at::Tensor starts, key_starts;  // [S + 1] int32
  std::int64_t longest = 0, longest_keys = 0;
};

/// Whether one of them takes rows of this type on this device: FlashAttention-2 (Dao, 2023) in
/// bf16, else in fp32 the memory-efficient one (Rabe and Staats, 2021). None adds a bias.
bool has_varlen_attention(const at::Device& device, c10::ScalarType type);
/// The same, of heads of such a width.
bool fits_varlen_attention(const AttentionForm& form, std::int64_t head_width);

/// q [N, H * d], k and v [M, K * d] -> [N, H * d]. Differentiable once; in a fixed order where that
/// is asked for (determinism.h).
at::Tensor varlen_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const VarlenSequences& sequences, const AttentionForm& form);

}  // namespace rankwise
