/// How kernels read and write rows of any stored type, in vectors of what they compute in.
#pragma once

#include "framework/ops/precision.h"
#include "framework/ops/vector_math.h"

#include <cstdint>

namespace rankwise {

/// A vector of values from as many stored ones.
template <int kBytes>
RANKWISE_INLINE Vector<float, kBytes> widen(const float* from) {
  return load<Vector<float, kBytes>>(from);
}
template <int kBytes>
RANKWISE_INLINE Vector<double, kBytes> widen(const double* from) {
  return load<Vector<double, kBytes>>(from);
}
template <int kBytes>
RANKWISE_INLINE Vector<float, kBytes> widen(const c10::BFloat16* from) {
  using Bits = Vector<std::uint32_t, kBytes>;
  const auto stored = load<Vector<std::uint16_t, kBytes / 2>>(from);
  return reinterpret_cast<Vector<float, kBytes>>(__builtin_convertvector(stored, Bits) << 16);
}

/// The other way: to the nearest, ties to even; NaN stays.
template <int kBytes>
RANKWISE_INLINE void narrow(float* to, const Vector<float, kBytes>& values) {
  store(to, values);
}
template <int kBytes>
RANKWISE_INLINE void narrow(double* to, const Vector<double, kBytes>& values) {
  store(to, values);
}
template <int kBytes>
RANKWISE_INLINE void narrow(c10::BFloat16* to, const Vector<float, kBytes>& values) {
  using Bits = Vector<std::uint32_t, kBytes>;
  const Bits bits = reinterpret_cast<Bits>(values);
  const Bits rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  const Bits kept = values == values ? rounded : Bits{} + 0x7fc0U;
  store(to, __builtin_convertvector(kept, Vector<std::uint16_t, kBytes / 2>));
}

/// The next values of a row of which `left` are left, zeros behind these.
template <class S, int kBytes, class T = ComputedIn<S>>
RANKWISE_INLINE Vector<T, kBytes> read(const S* from, std::int64_t left) {
  if (left >= lanes<T, kBytes>) return widen<kBytes>(from);
  S few[lanes<T, kBytes>] = {};
  for (std::int64_t i = 0; i < left; ++i) few[i] = from[i];
  return widen<kBytes>(few);
}

/// Those of the values that are left of the row.
template <class S, int kBytes, class T = ComputedIn<S>>
RANKWISE_INLINE void write(S* to, std::int64_t left, const Vector<T, kBytes>& values) {
  if (left >= lanes<T, kBytes>) return narrow<kBytes>(to, values);
  S few[lanes<T, kBytes>];
  narrow<kBytes>(few, values);
  for (std::int64_t i = 0; i < left; ++i) to[i] = few[i];
}

/// Zeros instead of the values behind the row's end.
template <class T, int kBytes>
RANKWISE_INLINE Vector<T, kBytes> within(const Vector<T, kBytes>& values, std::int64_t left) {
  Vector<T, kBytes> kept = values;
  for (std::int64_t i = left; i < lanes<T, kBytes>; ++i) kept[i] = 0;
  return kept;
}

}  // namespace rankwise
