/// The kernels of RMSNorm, with or without a residual's sum before it.
#pragma once

#include "framework/ops/row_kernel.h"

#include <cmath>

namespace rankwise {

/// Rows of `width`.
template <class S>
struct RmsNormKernel {
  using T = ComputedIn<S>;

  std::int64_t width;
  T epsilon;
  const S *x, *y;  // y null: x alone
  const T* weight;
  S* sum;  // x + y, where there is a y
  S* out;
  T* scale;  // [rows] 1 / root of the mean square; null: not asked for

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t i = begin; i < end; ++i) {
      const T mean = squares<kBytes>(i * width) / static_cast<T>(width);
      const T factor = 1 / std::sqrt(mean + epsilon);
      if (scale != nullptr) scale[i] = factor;
      write_row<kBytes>(i * width, factor);
    }
  }

 private:
  /// Of the row or the sum, which it writes. They are those of the sum as it is stored, for the
  /// backward has no other.
  template <int kBytes>
  RANKWISE_INLINE T squares(std::int64_t first) const {
    using V = Vector<T, kBytes>;
    Chains<T, kBytes> sums;
    const auto step = [&](std::int64_t j, std::int64_t left, std::int64_t chain) RANKWISE_STEP {
      V value = read<S, kBytes>(x + first + j, left);
      if (y != nullptr) {
        value += read<S, kBytes>(y + first + j, left);
        write<S, kBytes>(sum + first + j, left, value);
        value = read<S, kBytes>(sum + first + j, left);
      }
      sums.vectors[chain] += value * value;
    };
    for_each_vector<T, kBytes>(0, width, step);
    return sums.sum();
  }

  template <int kBytes>
  RANKWISE_INLINE void write_row(std::int64_t first, T factor) const {
    using V = Vector<T, kBytes>;
    const S* row = (y != nullptr ? sum : x) + first;
    const auto step = [&](std::int64_t j, std::int64_t left, std::int64_t) RANKWISE_STEP {
      const V value = read<S, kBytes>(row + j, left) * factor;
      write<S, kBytes>(out + first + j, left, V(value * read<T, kBytes>(weight + j, left)));
    };
    for_each_vector<T, kBytes>(0, width, step);
  }
};

}  // namespace rankwise
