/// The two halves of a rank-wise linear; the gate stands between them as plain autograd code.
///
/// Dimensions: N rows, R ranks.
#pragma once

#include <ATen/core/Tensor.h>

namespace rankwise {

/// A linear that takes no gradient.
struct FrozenLinear {
  at::Tensor weight;  // [out, in]
  at::Tensor bias;    // [out]; undefined: none
};

/// z = x Aᵀ. x [N, in], a [R, in] -> [N, R].
at::Tensor down(const at::Tensor& x, const at::Tensor& a);

/// y = x Wᵀ + bias + h Bᵀ. x [N, in], h [N, R], b [out, R] -> [N, out]. Differentiable in x, h
/// and b; throws c10::Error when the frozen weight asks for a gradient.
at::Tensor up(const at::Tensor& x, const at::Tensor& h, const at::Tensor& b,
              const FrozenLinear& frozen);

}  // namespace rankwise
