/// Products of a bf16 factor with one in fp32, summed in fp32: the bf16 one is widened block by
/// block, never as a whole.
#pragma once

#include "framework/ops/product_kernel.h"

#include <c10/util/BFloat16.h>

namespace rankwise {

/// The left factor's inner dimension lies side by side.
void multiply_mixed(const ProductTask<c10::BFloat16, float, float>& task);

/// The right factor's columns do: sums over rows, as gradients of matrices are.
void multiply_mixed(const ProductTask<float, c10::BFloat16, float>& task);

}  // namespace rankwise
