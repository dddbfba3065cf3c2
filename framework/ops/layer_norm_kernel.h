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
      sum_of_inputs<kBytes>(i * width, row.data());
      const T factor = centre<kBytes>(row.data());
      if (scale != nullptr) scale[i] = factor;
      write_row<kBytes>(i * width, row.data(), factor);
    }
  }

 private:
  template <int kBytes>
  RANKWISE_INLINE void sum_of_inputs(std::int64_t first, T* row) const {
    for (std::int64_t j = 0; j < width; j += lanes<T, kBytes>) {
      Vector<T, kBytes> value = read<S, kBytes>(x + first + j, width - j);
      if (y != nullptr) value += read<S, kBytes>(y + first + j, width - j);
      store(row + j, value);
    }
  }

  /// Takes the mean from the row; 1 / its standard deviation. Two passes: a difference of large
  /// sums would cancel.
  template <int kBytes>
  RANKWISE_INLINE T centre(T* row) const {
    using V = Vector<T, kBytes>;
    V sum{};
    for (std::int64_t j = 0; j < width; j += lanes<T, kBytes>) sum += load<V>(row + j);
    const T mean = sum_of<T, kBytes>(sum) / static_cast<T>(width);
    V squares{};
    for (std::int64_t j = 0; j < width; j += lanes<T, kBytes>) {
      const V value = within<T, kBytes>(load<V>(row + j) - mean, width - j);
      store(row + j, value);
      squares += value * value;
    }
    return 1 / std::sqrt(sum_of<T, kBytes>(squares) / static_cast<T>(width) + epsilon);
  }

  template <int kBytes>
  RANKWISE_INLINE void write_row(std::int64_t first, const T* row, T factor) const {
    using V = Vector<T, kBytes>;
    for (std::int64_t j = 0; j < width; j += lanes<T, kBytes>) {
      const std::int64_t left = width - j;
      const V value = load<V>(row + j) * factor;
      if (normalised != nullptr) write<S, kBytes>(normalised + first + j, left, value);
      write<S, kBytes>(
          out + first + j, left,
          V(value * read<T, kBytes>(weight + j, left) + read<T, kBytes>(bias + j, left)));
    }
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
    using V = Vector<T, kBytes>;
    for (std::int64_t i = begin; i < end; ++i) {
      const S *rows = normalised + i * width, *d_rows = d_out + i * width;
      V sum{}, products{};
      for (std::int64_t j = 0; j < width; j += lanes<T, kBytes>) {
        const V g = weighted<kBytes>(d_rows, j);
        sum += g;
        products += g * read<S, kBytes>(rows + j, width - j);
      }
      const T mean = sum_of<T, kBytes>(sum) / static_cast<T>(width);
      const T along = sum_of<T, kBytes>(products) / static_cast<T>(width);
      for (std::int64_t j = 0; j < width; j += lanes<T, kBytes>) {
        const V value = read<S, kBytes>(rows + j, width - j);
        const V rest = weighted<kBytes>(d_rows, j) - mean - value * along;
        write<S, kBytes>(d_x + i * width + j, width - j, V(rest * scale[i]));
      }
    }
  }

 private:
  template <int kBytes>
  RANKWISE_INLINE Vector<T, kBytes> weighted(const S* d_row, std::int64_t j) const {
    return read<S, kBytes>(d_row + j, width - j) * read<T, kBytes>(weight + j, width - j);
  }
};

}  // namespace rankwise
