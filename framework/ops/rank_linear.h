/// The two halves of a rank-wise linear; the gate stands between them as plain autograd code.
///
/// Dimensions: N rows, R ranks. Rows and frozen weights may be bf16 where A, B and h are fp32: what
/// scores and gate values come from is computed in fp32, everything that meets W in bf16; gradients
/// of A, B and h are summed in fp32 where mixes() of product.h is true.
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

/// The same of `chosen` [N, k] int64 ranks alone -> [N, k]; x in A's type, where gathers() of
/// rank_rows.h is true.
at::Tensor chosen_down(const at::Tensor& x, const at::Tensor& a, const at::Tensor& chosen);

/// z = x Aᵀ, and what joins it to the up() of the same rows.
struct JointRanks {
  at::Tensor z;      // [N, R]; with chosen ranks [N, k]
  at::Tensor joint;  // undefined where no gradient is asked for
};

/// As down(), of all ranks or of `chosen` [N, k] int64 alone. With its joint given to up(), the
/// gradient of x through A and through W is one product, made here.
JointRanks joint_down(const at::Tensor& x, const at::Tensor& a, const FrozenLinear& frozen,
                      const at::Tensor& chosen = {});

/// What up() may be told.
struct UpForm {
  at::Tensor joint = {};   // of joint_down() with the same x and frozen linear
  at::Tensor chosen = {};  // [N, k] int64: the ranks that h [N, k] holds; undefined: all, in order
};

/// y = x Wᵀ + bias + h Bᵀ, in the type of x and W. x [N, in], h [N, R], b [out, R] -> [N, out].
/// Differentiable once, in x, h and b. Throws c10::Error when the frozen weight asks for a
/// gradient.
at::Tensor up(const at::Tensor& x, const at::Tensor& h, const at::Tensor& b,
              const FrozenLinear& frozen, const UpForm& form = {});

}  // namespace rankwise
