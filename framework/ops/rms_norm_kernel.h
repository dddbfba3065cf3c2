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
    using V = Vector<T, kBytes>;
    for (std::int64_t i = begin; i < end; ++i) {
      if (y != nullptr) add<kBytes>(i * width);
      const S* row = (y != nullptr ? sum : x) + i * width;
      V squares{};
      for (std::int64_t j = 0; j < width; j += lanes<T, kBytes>) {
        const V value = read<S, kBytes>(row + j, width - j);
        squares += value * value;
      }
      const T mean = sum_of<T, kBytes>(squares) / static_cast<T>(width);
      const T factor = 1 / std::sqrt(mean + epsilon);
      if (scale != nullptr) scale[i] = factor;
      for (std::int64_t j = 0; j < width; j += lanes<T, kBytes>) {
        const V value = read<S, kBytes>(row + j, width - j) * factor;
        write<S, kBytes>(out + i * width + j, width - j,
                         V(value * read<T, kBytes>(weight + j, width - j)));
      }
    }
  }

 private:
  /// What follows reads the sum as it is stored, for its backward has no other.
  template <int kBytes>
  RANKWISE_INLINE void add(std::int64_t first) const {
    for (std::int64_t j = 0; j < width; j += lanes<T, kBytes>) {
      const Vector<T, kBytes> total =
          read<S, kBytes>(x + first + j, width - j) + read<S, kBytes>(y + first + j, width - j);
      write<S, kBytes>(sum + first + j, width - j, total);
    }
  }
};

/// With g = d_out * weight: d_x = scale (g - x scale² mean(g x)) + d_sum.
template <class S>
struct RmsNormGradientKernel {
  using T = ComputedIn<S>;

  std::int64_t width;
  const S *x, *d_out;
  const S* d_sum;  // another gradient of x; null: none
  const T *scale, *weight;
  S* d_x;

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    using V = Vector<T, kBytes>;
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t first = i * width;
      V products{};
      for (std::int64_t j = 0; j < width; j += lanes<T, kBytes>) {
        products += weighted<kBytes>(first, j) * read<S, kBytes>(x + first + j, width - j);
      }
      const T factor = scale[i];
      const T along = factor * factor * (sum_of<T, kBytes>(products) / static_cast<T>(width));
      for (std::int64_t j = 0; j < width; j += lanes<T, kBytes>) {
        const V value = read<S, kBytes>(x + first + j, width - j);
        V gradient = factor * (weighted<kBytes>(first, j) - value * along);
        if (d_sum != nullptr) gradient += read<S, kBytes>(d_sum + first + j, width - j);
        write<S, kBytes>(d_x + first + j, width - j, gradient);
      }
    }
  }

 private:
  template <int kBytes>
  RANKWISE_INLINE Vector<T, kBytes> weighted(std::int64_t first, std::int64_t j) const {
    return read<S, kBytes>(d_out + first + j, width - j) * read<T, kBytes>(weight + j, width - j);
  }
};

}  // namespace rankwise
