/// Attention of packed sequences: each row attends to its own sequence only, or to the one that its
/// sequence looks at.
///
/// Dimensions: N rows and S sequences of q, M rows of k and v, H heads of width d, K heads of k and
/// v.
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
  const LazyBuckets& buckets;  // the same sequences, for where the CPU's kernel does not compute
  // [S] int64 of k and v: the sequence that each one of q looks at; undefined: itself. Several may
  // look at one.
  at::Tensor key_first_rows = {}, key_lengths = {};
};

/// q [N, H * d], k and v [M, K * d] -> [N, H * d]. Differentiable once, in the form's bias too. On
/// the CPU each head of each sequence by attention_kernels(), so that its bits do not depend on the
/// rest of the batch; on a GPU by varlen_attention() where that takes them; by bucketed_attention()
/// elsewhere, and where the bias asks for a gradient. In bf16, scores and softmax are fp32. Throws
/// Error where widths or lengths do not fit.
at::Tensor packed_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            const PackedSequences& sequences, const AttentionForm& form);

/// Whether it will ask for the buckets of a batch's sequences, of rows of this type there;
/// `biased`: with a bias in the form.
bool attends_in_buckets(const at::Device& device, c10::ScalarType type, bool biased);

}  // namespace rankwise
