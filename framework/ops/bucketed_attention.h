/// packed_attention() by LibTorch alone, for any device: sequences of like length, padded.
#pragma once

#include "framework/data/length_buckets.h"
#include "framework/ops/attention_form.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace rankwise {

/// q [N, H * d], k and v [M, K * d] -> [N, H * d]. Differentiable once, in the form's bias too;
/// sums run in a fixed order.
at::Tensor bucketed_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                              const std::vector<AttentionBucket>& buckets,
                              const AttentionForm& form);

}  // namespace rankwise
