/// The two halves of a rank-wise linear; the gate stands between them as plain autograd code.
///
/// Dimensions: N rows, R ranks. Rows and frozen weights may be bf16 where A, B and h are fp32: what
/// scores and gate values come from is computed in fp32, everything that meets W in bf16.
#pragma once

#include <ATen/core/Tensor.h>

namespace rankwise {

/// A linear that takes no gradient.
struct FrozenLinear {
  at::Tensor weight;  // [out, in]
  at::Tensor bias;    // [out]; undefined: none

  /// x Wᵀ + bias, in the weight's type; differentiable once in x where nothing here is trained.
  /// x [N, in] -> [N, out].
  at::Tensor operator()(const at::Tensor& x) const;
};

/// z = x Aᵀ + bias, in A's type. x [N, in], a [R, in], bias [R] or undefined -> [N, R].
/// Differentiable once.
at::Tensor down(const at::Tensor& x, const at::Tensor& a, const at::Tensor& bias = {});

/// z = x Aᵀ, and what joins it to the up() of the same rows.
struct JointRanks {
  at::Tensor z;      // [N, R]
  at::Tensor joint;  // undefined where no gradient is asked for
};

/// As down(). With its joint given to up(), the gradient of x through A and through W is one
/// product, made here.
JointRanks joint_down(const at::Tensor& x, const at::Tensor& a, const FrozenLinear& frozen);

/// y = x Wᵀ + bias + h Bᵀ, in the type of x and W. x [N, in], h [N, R], b [out, R] -> [N, out].
/// Differentiable once, in x, h and b; `joint`: of joint_down() with the same x and frozen linear.
/// Throws c10::Error when the frozen weight asks for a gradient.
at::Tensor up(const at::Tensor& x, const at::Tensor& h, const at::Tensor& b,
              const FrozenLinear& frozen, const at::Tensor& joint = {});

}  // namespace rankwise
