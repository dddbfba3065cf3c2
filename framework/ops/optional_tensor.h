/// Tensors that may be absent, as arguments of autograd functions.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

namespace rankwise {

/// An undefined tensor is no argument of an autograd function; nothing is.
inline std::optional<at::Tensor> if_defined(const at::Tensor& tensor) {
  return tensor.defined() ? std::optional(tensor) : std::nullopt;
}

}  // namespace rankwise
