/// Products of rows in bf16 with what is fp32, summed in fp32 by a GPU's units for bf16.
#pragma once

#include <ATen/core/Tensor.h>

namespace rankwise {

/// left right, [M, K] and [K, N], both of one type: in `type`, which may be fp32 where they are
/// bf16. Sums are rounded once, to `type`.
at::Tensor product_in(at::ScalarType type, const at::Tensor& left, const at::Tensor& right);

/// rows matrixᵀ in the matrix's type. Where rows are bf16 and the matrix fp32, the matrix is taken
/// as the sum of two in bf16, which leaves 16 of its 24 bits: enough for scores to choose by.
at::Tensor scores_of(const at::Tensor& rows, const at::Tensor& matrix);

}  // namespace rankwise
