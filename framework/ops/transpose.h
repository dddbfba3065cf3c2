/// Transposition in registers, for kernels that are compiled for several instruction sets.
#pragma once

#include "framework/ops/vector_math.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace rankwise {

/// A matrix whose rows begin `stride` apart.
template <class T>
struct RowMatrix {
  std::int64_t rows, columns;
  const T* data;
  std::int64_t stride;
};

/// Of the lanes of two vectors, those that stand in the lower (kUpper: upper) half of every pair of
/// groups of kGroup lanes: a group of the first, then one of the second.
template <int kGroup, bool kUpper, class V, int... kLane>
RANKWISE_INLINE V interleave(const V& a, const V& b, std::integer_sequence<int, kLane...>) {
  constexpr int kLanes = sizeof...(kLane);
  return __builtin_shufflevector(
      a, b,
      (kLane / kGroup % 2 == 0 ? kLane + (kUpper ? kGroup : 0)
                               : kLanes + kLane - (kUpper ? 0 : kGroup))...);
}

/// One step: exchanges the off-diagonal groups of kGroup lanes between rows kGroup apart.
template <int kGroup, int kLanes, class V>
RANKWISE_INLINE void exchange(V (&row)[kLanes]) {
  using Lanes = std::make_integer_sequence<int, kLanes>;
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; ++i) {
    if (i / kGroup % 2 != 0) continue;
    const V a = row[i], b = row[i + kGroup];
    row[i] = interleave<kGroup, false>(a, b, Lanes{});
    row[i + kGroup] = interleave<kGroup, true>(a, b, Lanes{});
  }
}

template <int kLanes, class V>
RANKWISE_INLINE void transpose_square(V (&row)[kLanes]) {
  if constexpr (kLanes >= 16) exchange<8>(row);
  if constexpr (kLanes >= 8) exchange<4>(row);
  if constexpr (kLanes >= 4) exchange<2>(row);
  exchange<1>(row);
}

/// to [columns, width] = the transpose of `from`; zeros behind its rows, whose number is at most
/// `width`, a number of whole vectors.
template <class T, int kBytes>
RANKWISE_INLINE void transpose(const RowMatrix<T>& from, T* to, std::int64_t width) {
  using V = Vector<T, kBytes>;
  constexpr int kLanes = lanes<T, kBytes>;
  constexpr int kAhead = 8;  // squares: more rows than a processor fetches ahead by itself
  for (std::int64_t first = 0; first < width; first += kLanes) {
    const std::int64_t rows = std::clamp<std::int64_t>(from.rows - first, 0, kLanes);
    const T* source = from.data + first * from.stride;
    std::int64_t k = 0;
    for (; k + kLanes <= from.columns; k += kLanes) {
      V square[kLanes];
#pragma GCC unroll 16
      for (int i = 0; i < kLanes; ++i) {
        const T* at = source + i * from.stride + k;
        __builtin_prefetch(at + kAhead * kLanes);
        square[i] = i < rows ? load<V>(at) : V{};
      }
      transpose_square(square);
#pragma GCC unroll 16
      for (int i = 0; i < kLanes; ++i) store(to + (k + i) * width + first, square[i]);
    }
    for (; k < from.columns; ++k) {
      T* row = to + k * width + first;
      for (std::int64_t j = 0; j < rows; ++j) row[j] = source[j * from.stride + k];
      std::fill(row + rows, row + kLanes, T(0));
    }
  }
}

}  // namespace rankwise
