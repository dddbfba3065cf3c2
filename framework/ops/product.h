/// Products of matrices by what is fastest at them on this processor.
#pragma once

#include <ATen/core/Tensor.h>

namespace rankwise {

/// Left [N, inner] times the transpose of right [columns, inner], each with any strides. Right may
/// be of a wider type than left.
struct Factor {
  at::Tensor left, right;
};

/// Whether products of these two, bf16 and fp32, are summed in fp32 without a wide copy of the
/// narrow one.
bool mixes(const at::Tensor& narrow, const at::Tensor& wide);

/// left rightᵀ + bias, in left's type; in fp32 where left and right, in either order, mix. bias
/// [columns] or undefined -> [N, columns]. Not differentiable: for forwards and backwards of
/// autograd functions.
at::Tensor product(const at::Tensor& left, const at::Tensor& right, const at::Tensor& bias = {});

/// The sum of two products in one sweep over the result, whose type is that of `wide`'s; a second
/// one without `left` is none.
at::Tensor product(const Factor& wide, const Factor& narrow, const at::Tensor& bias = {});

}  // namespace rankwise
