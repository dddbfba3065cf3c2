/// Layer normalisation (Ba et al., 2016) and RMSNorm (Zhang and Sennrich, 2019), alone and after a
/// residual's sum.
///
/// Dimensions: N rows of width d. All are differentiable once, in x and y. On the CPU each is one
/// pass forward and one backward, with sums in fp32 (in double where rows are), and `weight` and
/// `bias` of any type; LibTorch's code elsewhere, where types of x and y differ, and where weight
/// or bias asks for a gradient. They throw Error where widths or shapes do not fit.
#pragma once

#include <ATen/core/Tensor.h>

namespace rankwise {

/// (x - mean) / sqrt(variance + epsilon) * weight + bias over the last dimension, with the variance
/// of the population. x [N, d], weight and bias [d] -> [N, d].
at::Tensor layer_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                      double epsilon);

/// layer_norm(x + y). In bf16 the sum is not rounded on the CPU. y [N, d].
at::Tensor add_layer_norm(const at::Tensor& x, const at::Tensor& y, const at::Tensor& weight,
                          const at::Tensor& bias, double epsilon);

/// x / sqrt(mean(x²) + epsilon) * weight over the last dimension. x [N, d], weight [d] -> [N, d].
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double epsilon);

struct SumAndNorm {
  at::Tensor sum;     // [N, d] x + y
  at::Tensor normed;  // [N, d] rms_norm(sum)
};

/// y [N, d].
SumAndNorm add_rms_norm(const at::Tensor& x, const at::Tensor& y, const at::Tensor& weight,
                        double epsilon);

}  // namespace rankwise
