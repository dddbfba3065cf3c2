/// NaN and infinities, found in one pass over memory.
#pragma once

#include <torch/types.h>

namespace rankwise {

/// Whether every value of a tensor with memory is finite; of whole numbers each is. One thread and
/// no copy for a contiguous one on the CPU in half, bf16, single or double precision.
bool all_finite(const torch::Tensor& values);

}  // namespace rankwise
