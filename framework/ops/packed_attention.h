/// Self-attention of packed sequences: each row attends to its own sequence only.
#pragma once

#include "framework/data/length_buckets.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace rankwise {

/// Where the sequences are in the packed rows.
struct PackedSequences {
  at::Tensor first_rows;         // [S] int64
  at::Tensor lengths;            // [S] int64
  const LengthBuckets& buckets;  // the same sequences, of like length
};

/// q, k, v [N, heads * d] -> [N, heads * d], scores scaled by 1 / sqrt(d). Differentiable once. On
/// the CPU, in float or double, each head of each sequence by attention_kernels(), so that its bits
/// do not depend on the rest of the batch; elsewhere by bucketed_attention().
at::Tensor packed_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const PackedSequences& sequences, std::int64_t heads);

}  // namespace rankwise
