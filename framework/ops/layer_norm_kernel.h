/// The kernels of layer normalisation, with or without a residual's sum before it.
#pragma once

#include "framework/ops/row_kernel.h"

#include <cmath>
#include <vector>

namespace rankwise {

/// Rows of `width`. The normalised rows and their scales are what a backward asks for.
template <class S>
struct LayerNormKernel {
  using T = ComputedIn<S>;

  std::int64_t width;
  T epsilon;
  const S *x, *y;  // y null: x alone
  const T *weight, *bias;
  S* out;
  S* normalised;  // before weight and bias; null: not asked for
  T* scale;       // [rows] 1 / standard deviation; null likewise

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    std::vector<T> row(static_cast<std::size_t>(whole_vectors<T, kBytes>(width)));
    for (std::int64_t i = begin; i < end; ++i) {
      const T mean = sum_of_inputs<kBytes>(i * width, row.data()) / static_cast<T>(width);
      const T variance = squares<kBytes>(row.data(), mean) / static_cast<T>(width);
      const T factor = 1 / std::sqrt(variance + epsilon);
      if (scale != nullptr) scale[i] = factor;
      write_row<kBytes>(i * width, row.data(), mean, factor);
    }
  }

 private:
  /// The row that is normalised, and its sum.
  template <int kBytes>
  RANKWISE_INLINE T sum_of_inputs(std::int64_t first, T* row) const {
    Chains<T, kBytes> sums;
    const auto step = [&](std::int64_t j, std::int64_t left, std::int64_t chain) RANKWISE_STEP {
      Vector<T, kBytes> value = read<S, kBytes>(x + first + j, left);
      if (y != nullptr) value += read<S, kBytes>(y + first + j, left);
      store(row + j, value);
      sums.vectors[chain] += value;
    };
    for_each_vector<T, kBytes>(0, width, step);
    return sums.sum();
  }

  /// A pass of its own: a difference of large sums would cancel.
  template <int kBytes>
  RANKWISE_INLINE T squares(const T* row, T mean) const {
    using V = Vector<T, kBytes>;
    Chains<T, kBytes> sums;
    const auto step = [&](std::int64_t j, std::int64_t left, std::int64_t chain) RANKWISE_STEP {
      const V value = within<T, kBytes>(load<V>(row + j) - mean, left);
      sums.vectors[chain] += value * value;
    };
    for_each_vector<T, kBytes>(0, width, step);
    return sums.sum();
  }

  template <int kBytes>
  RANKWISE_INLINE void write_row(std::int64_t first, const T* row, T mean, T factor) const {
    using V = Vector<T, kBytes>;
    const auto step = [&](std::int64_t j, std::int64_t left, std::int64_t) RANKWISE_STEP {
      const V value = (load<V>(row + j) - mean) * factor;
      if (normalised != nullptr) write<S, kBytes>(normalised + first + j, left, value);
      const V scaled = value * read<T, kBytes>(weight + j, left);
      write<S, kBytes>(out + first + j, left, V(scaled + read<T, kBytes>(bias + j, left)));
    };
    for_each_vector<T, kBytes>(0, width, step);
  }
};

}  // namespace rankwise
