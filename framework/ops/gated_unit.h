/// The gate of a gated linear unit times its values (Shazeer, 2020, "GLU Variants Improve
/// Transformer").
#pragma once

#include <ATen/core/Tensor.h>

namespace rankwise {

/// silu(gate) * up, with silu(x) = x sigmoid(x). Both of one shape -> the same. Differentiable
/// once, in both. On the CPU one pass forward and one backward, which keeps nothing but its inputs;
/// LibTorch's elsewhere and where types differ. Throws Error where shapes differ.
at::Tensor gated_silu(const at::Tensor& gate, const at::Tensor& up);

/// The same of gelu(gate) * up, with GELU's approximation by tanh.
at::Tensor gated_gelu_tanh(const at::Tensor& gate, const at::Tensor& up);

}  // namespace rankwise
