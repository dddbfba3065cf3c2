/// GELU (Hendrycks and Gimpel, 2016): x Φ(x), with Φ of the standard normal distribution.
#pragma once

#include <ATen/core/Tensor.h>

namespace rankwise {

/// x of any shape -> the same. Differentiable once. One pass, which on the CPU keeps the
/// derivative in x's type for the backward; LibTorch's where a device has no kernels.
at::Tensor gelu(const at::Tensor& x);

}  // namespace rankwise
