/// Small dense products and exponentials in vectors of a chosen size, for kernels that are compiled
/// for several instruction sets: everything is inlined into the function that names the set.
///
/// Matrices are row-major; the columns that a function writes are whole vectors.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

// Vectors wider than the baseline's have no agreed way to be passed; inlined, none is.
#pragma GCC diagnostic ignored "-Wpsabi"

#define RANKWISE_INLINE [[gnu::always_inline]] inline

namespace rankwise {

template <class T, int kBytes>
struct VectorOf {
  typedef T type __attribute__((vector_size(kBytes)));
};
template <class T, int kBytes>
using Vector = VectorOf<T, kBytes>::type;

template <class T, int kBytes>
inline constexpr std::int64_t lanes = kBytes / static_cast<std::int64_t>(sizeof(T));

/// `count` rounded up to whole vectors.
template <class T, int kBytes>
RANKWISE_INLINE std::int64_t whole_vectors(std::int64_t count) {
  return (count + lanes<T, kBytes> - 1) / lanes<T, kBytes> * lanes<T, kBytes>;
}

template <class V, class T>
RANKWISE_INLINE V load(const T* from) {
  V vector;
  std::memcpy(&vector, from, sizeof(V));
  return vector;
}

template <class V, class T>
RANKWISE_INLINE void store(T* to, const V& vector) {
  std::memcpy(to, &vector, sizeof(V));
}

template <class T, int kBytes>
RANKWISE_INLINE T sum_of(const Vector<T, kBytes>& vector) {
  if constexpr (kBytes > 16) {  // by halves: one lane after another is a long chain of additions
    Vector<T, kBytes / 2> halves[2];
    std::memcpy(halves, &vector, kBytes);
    return sum_of<T, kBytes / 2>(halves[0] + halves[1]);
  }
  T sum = 0;
  for (std::int64_t i = 0; i < lanes<T, kBytes>; ++i) sum += vector[i];
  return sum;
}

/// C [rows, columns] = A [rows, inner] B [inner, columns]; rows of B and of C begin `stride` apart.
struct ProductSize {
  std::int64_t rows, columns, inner, stride;
};

/// A, at any strides: its transpose is read by exchanging them.
template <class T>
struct Left {
  const T* data;
  std::int64_t row, column;  // strides

  RANKWISE_INLINE Left from(std::int64_t first) const { return {data + first * row, row, column}; }
};

/// A block of C of kRows rows and kVectors vectors, held in registers: its loops must be unrolled,
/// and the compiler must know which of A's strides is one.
template <class T, int kBytes, int kRows, int kVectors, bool kAdd, bool kTransposed>
RANKWISE_INLINE void multiply_block(const ProductSize& size, const Left<T>& a, const T* b, T* c) {
  using V = Vector<T, kBytes>;
  const std::int64_t row = kTransposed ? 1 : a.row, column = kTransposed ? a.column : 1;
  V sum[kRows][kVectors];
#pragma GCC unroll 8
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) {
      sum[i][j] = kAdd ? load<V>(c + i * size.stride + j * lanes<T, kBytes>) : V{};
    }
  }
  const T* left = a.data;
  for (std::int64_t k = 0; k < size.inner; ++k, left += column, b += size.stride) {
    V right[kVectors];
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) right[j] = load<V>(b + j * lanes<T, kBytes>);
#pragma GCC unroll 8
    for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
      for (int j = 0; j < kVectors; ++j) sum[i][j] += left[i * row] * right[j];
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < kVectors; ++j) {
      store(c + i * size.stride + j * lanes<T, kBytes>, sum[i][j]);
    }
  }
}

template <class T, int kBytes, int kVectors, bool kAdd, bool kTransposed>
RANKWISE_INLINE void multiply_columns(const ProductSize& size, const Left<T>& a, const T* b, T* c) {
  constexpr int kRows = kBytes == 64 ? 8 : 4;  // as many sums as there are registers for
  std::int64_t i = 0;
  for (; i + kRows <= size.rows; i += kRows) {
    multiply_block<T, kBytes, kRows, kVectors, kAdd, kTransposed>(size, a.from(i), b,
                                                                  c + i * size.stride);
  }
  for (; i + 2 <= size.rows; i += 2) {
    multiply_block<T, kBytes, 2, kVectors, kAdd, kTransposed>(size, a.from(i), b,
                                                              c + i * size.stride);
  }
  if (i < size.rows) {
    multiply_block<T, kBytes, 1, kVectors, kAdd, kTransposed>(size, a.from(i), b,
                                                              c + i * size.stride);
  }
}

/// C = A B, or C += A B where kAdd; A side by side, or its transpose where kTransposed. The columns
/// are whole vectors.
template <class T, int kBytes, bool kAdd, bool kTransposed = false>
RANKWISE_INLINE void multiply(const ProductSize& size, const Left<T>& a, const T* b, T* c) {
  constexpr std::int64_t kStep = lanes<T, kBytes>;
  std::int64_t j = 0;
  for (; j + 2 * kStep <= size.columns; j += 2 * kStep) {
    multiply_columns<T, kBytes, 2, kAdd, kTransposed>(size, a, b + j, c + j);
  }
  if (j < size.columns) multiply_columns<T, kBytes, 1, kAdd, kTransposed>(size, a, b + j, c + j);
}

template <class T, int kBytes>
RANKWISE_INLINE void scale_row(T* row, std::int64_t padded, T factor) {
  using V = Vector<T, kBytes>;
  for (std::int64_t j = 0; j < padded; j += lanes<T, kBytes>)
    store(row + j, load<V>(row + j) * factor);
}

/// Of row[0 .. count), count > 0. NaN is passed over.
template <class T, int kBytes>
RANKWISE_INLINE T maximum(const T* row, std::int64_t count) {
  using V = Vector<T, kBytes>;
  T largest = row[0];
  std::int64_t j = 0;
  V many = V{} + largest;
  for (; j + lanes<T, kBytes> <= count; j += lanes<T, kBytes>) {
    const V value = load<V>(row + j);
    many = value > many ? value : many;
  }
  for (std::int64_t i = 0; i < lanes<T, kBytes>; ++i)
    largest = many[i] > largest ? many[i] : largest;
  for (; j < count; ++j) largest = row[j] > largest ? row[j] : largest;
  return largest;
}

/// exp(x) of x <= 0 to about 2 units in the last place (the polynomial of Cephes' expf); zero below
/// -87, NaN stays.
template <int kBytes>
RANKWISE_INLINE Vector<float, kBytes> exponential(const Vector<float, kBytes>& x) {
  using V = Vector<float, kBytes>;
  using I = Vector<std::int32_t, kBytes>;
  const V lowest = V{} - 87.0F;
  const V clamped = x < lowest ? lowest : x;
  // Adding 1.5 * 2^23 rounds to an integer, which stands in the last bits.
  const V shifted = clamped * 1.44269504088896341F + 12582912.0F;
  const V n = shifted - 12582912.0F;
  const V r = clamped - n * 0.693359375F + n * 2.12194440e-4F;
  V y = r * 1.9875691500e-4F + 1.3981999507e-3F;
  y = y * r + 8.3334519073e-3F;
  y = y * r + 4.1665795894e-2F;
  y = y * r + 1.6666665459e-1F;
  y = y * r + 5.0000001201e-1F;
  y = y * r * r + r + 1.0F;
  const I power = (reinterpret_cast<I>(shifted) << 23) + (127 << 23);
  y *= reinterpret_cast<V>(power);
  return x < lowest ? V{} : y;
}

template <int kBytes>
RANKWISE_INLINE Vector<double, kBytes> exponential(const Vector<double, kBytes>& x) {
  Vector<double, kBytes> y{};
  for (std::int64_t i = 0; i < lanes<double, kBytes>; ++i) y[i] = std::exp(x[i]);
  return y;
}

/// row[j] = exp(row[j] - shift) for j < count, zero behind up to whole vectors; their sum.
template <class T, int kBytes>
RANKWISE_INLINE T exponentials(T* row, std::int64_t count, T shift) {
  using V = Vector<T, kBytes>;
  const std::int64_t padded = whole_vectors<T, kBytes>(count);
  for (std::int64_t j = count; j < padded; ++j) row[j] = -std::numeric_limits<T>::infinity();
  V sum{};
  for (std::int64_t j = 0; j < padded; j += lanes<T, kBytes>) {
    const V value = exponential<kBytes>(load<V>(row + j) - shift);
    store(row + j, value);
    sum += value;
  }
  return sum_of<T, kBytes>(sum);
}

}  // namespace rankwise
