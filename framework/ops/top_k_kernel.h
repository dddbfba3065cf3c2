/// The largest few of narrow rows by counting, for every score of a row, those that come before it:
/// no branch depends on a score.
#pragma once

#include "framework/ops/row_kernel.h"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace rankwise {

/// Rows of `width` scores, at most kWidest. Of equal ones the lower index comes first; NaN counts
/// as infinity.
template <class T>
struct CountingTopK {
  static constexpr std::int64_t kWidest = 64;

  const T* scores;        // [N, width]
  std::int64_t width, k;  // k <= width
  std::int64_t* chosen;   // [N, k] ascending indices

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t n = begin; n < end; ++n) choose<kBytes>(n);
  }

 private:
  using Count = std::conditional_t<sizeof(T) == 8, std::int64_t, std::int32_t>;

  template <int kBytes>
  RANKWISE_INLINE void choose(std::int64_t n) const {
    constexpr std::int64_t kLanes = lanes<T, kBytes>;
    T row[kWidest];
    for (std::int64_t j = 0; j < width; j += kLanes) {
      const auto read_scores = read<T, kBytes>(scores + n * width + j, width - j);
      const Vector<T, kBytes> infinite = Vector<T, kBytes>{} + std::numeric_limits<T>::infinity();
      store(row + j, read_scores == read_scores ? read_scores : infinite);
    }
    Count before[kWidest];
    for (std::int64_t j = 0; j < width; j += kLanes) count<kBytes>(row, j, before + j);
    std::int64_t kept[kWidest];  // each index is written, and the next one over it if it is none
    std::int64_t found = 0;
    for (std::int64_t i = 0; i < width; ++i) {
      kept[found] = i;
      found += before[i] < static_cast<Count>(k) ? 1 : 0;
    }
    for (std::int64_t i = 0; i < k; ++i) chosen[n * k + i] = kept[i];
  }

  /// For each score of the vector that begins at j, how many come before it. Comparisons give -1
  /// where they hold; joined by & or |, GCC 12 makes no wide vectors of them.
  template <int kBytes>
  RANKWISE_INLINE void count(const T* row, std::int64_t j, Count* before) const {
    using C = Vector<Count, kBytes>;
    const auto here = load<Vector<T, kBytes>>(row + j);
    C own{};
    for (std::int64_t lane = 0; lane < lanes<T, kBytes>; ++lane)
      own[lane] = static_cast<Count>(lane);
    C sum{};
    for (std::int64_t i = 0; i < j; ++i) sum -= row[i] >= here;
    const std::int64_t end = std::min(j + lanes<T, kBytes>, width);
    for (std::int64_t i = j; i < end; ++i) {
      const C lower_index = static_cast<Count>(i - j) < own;
      sum -= row[i] > here;
      sum += (row[i] == here) * lower_index;
    }
    for (std::int64_t i = end; i < width; ++i) sum -= row[i] > here;
    store(before, sum);
  }
};

}  // namespace rankwise
