/// packed_attention() by LibTorch alone, for any device: sequences of like length, padded.
#pragma once

#include "framework/data/length_buckets.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace rankwise {

/// q, k, v [N, heads * d] -> [N, heads * d], scores scaled by 1 / sqrt(d). Differentiable once.
at::Tensor bucketed_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                              const std::vector<LengthBucket>& buckets, std::int64_t heads);

}  // namespace rankwise
