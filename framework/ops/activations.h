/// Formulas of activations, for kernels on a CPU, where V is a vector of T, and on a device, where
/// it is T itself.
#pragma once

#include <numbers>

// Of vectors wider than the baseline's; inlined, none is passed.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace rankwise {

// Activations of the form x sigmoid(u(x)): u and its slope.

struct Silu {
  template <class T, class V>
  [[gnu::always_inline]] static constexpr V argument(const V& x) {
    return x;
  }
  template <class T, class V>
  [[gnu::always_inline]] static constexpr V slope(const V& /*x*/) {
    return V{} + T(1);
  }
};

/// (1 + tanh(v)) / 2 = sigmoid(2 v).
struct GeluTanh {
  static constexpr double kFactor = 2 * std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
  static constexpr double kCubic = 0.044715;

  template <class T, class V>
  [[gnu::always_inline]] static constexpr V argument(const V& x) {
    return T(kFactor) * (x + T(kCubic) * x * x * x);
  }
  template <class T, class V>
  [[gnu::always_inline]] static constexpr V slope(const V& x) {
    return T(kFactor) + T(3 * kFactor * kCubic) * x * x;
  }
};

/// Of the standard normal distribution.
template <class T>
inline constexpr T kDensityAtZero = T(0.5 * std::numbers::sqrt2 * std::numbers::inv_sqrtpi);

/// Φ(-a) / exp(-a²/2) = t Q(t) with t = 1 / (1 + 0.34 a), a >= 0: the form of Hastings's
/// approximations (Abramowitz and Stegun, 1964, 7.1.26). Q, of degree 8, was fitted here to the
/// least relative error on [0, 13.3], 2.5e-8; computed in fp32 it is 4e-7 there.
inline constexpr float kTailSlope = 0.34F;
template <class V>
[[gnu::always_inline]] constexpr V normal_tail(const V& t) {
  V q = t * -2.647184953e-02F + 1.411499232e-01F;
  q = q * t - 2.764137983e-01F;
  q = q * t + 2.057772726e-01F;
  q = q * t - 4.708445072e-02F;
  q = q * t + 1.163141206e-01F;
  q = q * t + 1.149675623e-01F;
  q = q * t + 1.361423731e-01F;
  q = q * t + 1.356188506e-01F;
  return q * t;
}

}  // namespace rankwise
