/// Products of matrices by the library that is fastest at them on this processor.
#pragma once

#include <ATen/core/Tensor.h>

namespace rankwise {

/// x Wᵀ + bias. x [N, in], weight [out, in] with any strides, bias [out] or undefined -> [N, out].
/// Not differentiable: for forwards and backwards of autograd functions. In fp32 on a processor
/// that is not Intel's, LibTorch's own choice, MKL, runs at less than half the speed of oneDNN.
at::Tensor product(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias = {});

}  // namespace rankwise
