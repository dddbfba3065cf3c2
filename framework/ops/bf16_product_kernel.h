/// Products of bf16 rows by the dot products of pairs that AVX512-BF16 has: summed in fp32, rounded
/// once. Subnormal numbers count as zero.
///
/// A row of the result is computed alike whatever rows stand around it.
#pragma once

#include "framework/ops/product_kernel.h"

#include <c10/util/BFloat16.h>

#include <cstdint>
#include <vector>

namespace rankwise {

/// Of each left factor the inner dimension lies side by side, of each right one either dimension;
/// nothing is added to what stands in `out`.
using Bf16ProductTask = ProductTask<c10::BFloat16, c10::BFloat16, c10::BFloat16, float>;

/// `scratch` grows as is needed.
using Bf16ProductKernel = void (*)(const Bf16ProductTask& task,
                                   std::vector<std::uint32_t>& scratch);

/// Null where this processor has no such instruction, or has AMX, which LibTorch's libraries use.
Bf16ProductKernel bf16_product_kernel();

}  // namespace rankwise
