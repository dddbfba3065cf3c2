/// Self-attention of packed sequences: each row attends to its own sequence only.
///
/// Dimensions: N rows, S sequences, H heads of width d, K heads of k and v.
#pragma once

#include "framework/data/length_buckets.h"
#include "framework/ops/attention_form.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace rankwise {

/// Where the sequences are in the packed rows.
struct PackedSequences {
  at::Tensor first_rows;       // [S] int64
  at::Tensor lengths;          // [S] int64
  const LazyBuckets& buckets;  // the same sequences, of like length; asked for off the CPU alone
};

/// q [N, H * d], k and v [N, K * d] -> [N, H * d]. Differentiable once. On the CPU, in float or
/// double, each head of each sequence by attention_kernels(), so that its bits do not depend on the
/// rest of the batch; elsewhere by bucketed_attention(). Throws Error where widths do not fit.
at::Tensor packed_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const PackedSequences& sequences, const AttentionForm& form);

}  // namespace rankwise
