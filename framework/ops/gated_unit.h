/// The gate of a gated linear unit times its values (Shazeer, 2020, "GLU Variants Improve
/// Transformer").
#pragma once

#include <ATen/core/Tensor.h>

namespace rankwise {

/// silu(gate) * up, with silu(x) = x sigmoid(x). Both of one shape -> the same. Differentiable
/// once, in both. One pass forward and one backward, which keeps nothing but its inputs; on a
/// device it may write over these. LibTorch's where types differ or a device has no kernels. Throws
/// Error where shapes differ.
at::Tensor gated_silu(const at::Tensor& gate, const at::Tensor& up);

/// The same of gelu(gate) * up, with GELU's approximation by tanh.
at::Tensor gated_gelu_tanh(const at::Tensor& gate, const at::Tensor& up);

}  // namespace rankwise
