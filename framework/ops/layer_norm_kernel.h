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

/// With g = d_out * weight: d_x = scale (g - mean(g) - normalised mean(g normalised)).
template <class S>
struct LayerNormGradientKernel {
  using T = ComputedIn<S>;

  std::int64_t width;
  const S *normalised, *d_out;
  const T *scale, *weight;
  S* d_x;

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    for (std::int64_t i = begin; i < end; ++i) differentiate<kBytes>(i);
  }

 private:
  template <int kBytes>
  RANKWISE_INLINE void differentiate(std::int64_t i) const {
    using V = Vector<T, kBytes>;
    const S *row = normalised + i * width, *d_row = d_out + i * width;
    const auto weighted = [&](std::int64_t j, std::int64_t left) RANKWISE_STEP {
      return V(read<S, kBytes>(d_row + j, left) * read<T, kBytes>(weight + j, left));
    };
    Chains<T, kBytes> sums, products;
    const auto add = [&](std::int64_t j, std::int64_t left, std::int64_t chain) RANKWISE_STEP {
      const V g = weighted(j, left);
      sums.vectors[chain] += g;
      products.vectors[chain] += g * read<S, kBytes>(row + j, left);
    };
    for_each_vector<T, kBytes>(0, width, add);
    const T mean = sums.sum() / static_cast<T>(width);
    const T along = products.sum() / static_cast<T>(width), factor = scale[i];
    const auto step = [&](std::int64_t j, std::int64_t left, std::int64_t) RANKWISE_STEP {
      const V rest = weighted(j, left) - mean - read<S, kBytes>(row + j, left) * along;
      write<S, kBytes>(d_x + i * width + j, left, V(rest * factor));
    };
    for_each_vector<T, kBytes>(0, width, step);
  }
};

}  // namespace rankwise
