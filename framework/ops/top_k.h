/// The largest few of each row.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace rankwise {

/// Indices of the k largest scores of each row, in no particular order; [N, R] -> [N, k] int64. NaN
/// counts as larger than every number. Ties are broken by the input alone: on the CPU, for k up to
/// 64, and on a device with kernels, for up to 1024 scores, the lower index wins; elsewhere as
/// LibTorch's topk does it.
at::Tensor largest_indices(const at::Tensor& scores, std::int64_t k);

}  // namespace rankwise
