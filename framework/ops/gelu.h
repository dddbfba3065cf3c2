/// GELU (Hendrycks and Gimpel, 2016): x Φ(x), with Φ of the standard normal distribution.
#pragma once

#include <ATen/core/Tensor.h>

namespace rankwise {

/// x of any shape -> the same. Differentiable once. On the CPU one pass that keeps the derivative
/// in x's type for the backward; LibTorch's elsewhere.
at::Tensor gelu(const at::Tensor& x);

}  // namespace rankwise
