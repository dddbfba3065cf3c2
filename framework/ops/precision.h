/// The two floating types of a run in bf16: what rows are stored in, and what sums over them, their
/// softmax and routing are computed in.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/util/BFloat16.h>

#include <type_traits>

namespace rankwise {

/// What rows stored as S are computed in, where types are known to the compiler.
template <class S>
using ComputedIn = std::conditional_t<std::is_same_v<S, c10::BFloat16>, float, S>;

/// fp32 for bf16, else the type itself.
inline c10::ScalarType computed_in(c10::ScalarType stored) {
  return stored == c10::kBFloat16 ? c10::kFloat : stored;
}

/// The same of a tensor, as options for others.
inline at::TensorOptions computed_in(const at::Tensor& rows) {
  return rows.options().dtype(computed_in(rows.scalar_type()));
}

}  // namespace rankwise
