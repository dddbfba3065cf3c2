/// The ranks that each row chose, at their weights.
///
/// Dimensions: N rows, R ranks, k chosen a row.
#pragma once

#include <ATen/core/Tensor.h>

namespace rankwise {

/// h = g * z with g zero where a row did not choose a rank: z [N, R], chosen [N, k] int64, distinct
/// in a row, weight [N, k] -> [N, R] of z's type. Differentiable once, in z and weight. On a device
/// with kernels one pass forward, in what z is computed in; LibTorch's elsewhere, in z's type.
at::Tensor gated_ranks(const at::Tensor& z, const at::Tensor& chosen, const at::Tensor& weight);

}  // namespace rankwise
