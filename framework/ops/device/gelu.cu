// GELU: x Φ(x).
#include "framework/ops/activations.h"
#include "framework/ops/device/elements.h"
#include "framework/ops/device/functions.h"

#include <numbers>

namespace rankwise::RANKWISE_MACHINE {

namespace {

/// Of the standard normal distribution.
template <class T>
struct Normal {
  T cumulative, density;
};

RANKWISE_DEVICE Normal<float> normal(float x) {
  const float bell = exponential(-0.5F * x * x);
  const float tail = normal_tail(1 / (1 + kTailSlope * (x < 0 ? -x : x))) * bell;
  return {x < 0 ? tail : 1 - tail, bell * kDensityAtZero<float>};
}

RANKWISE_DEVICE Normal<double> normal(double x) {
  return {0.5 * complementary_error(-x / std::numbers::sqrt2),
          exponential(-0.5 * x * x) * kDensityAtZero<double>};
}

template <class S>
struct Gelu {
  static constexpr int kMostThreads = device::kBlockThreads;

  device::Gelu given;
  bool whole;

  RANKWISE_DEVICE void operator()(const Threads& at) const {
    each_chunk<S>(at, given.shape, [&](std::int64_t row, std::int64_t first, std::int64_t left) {
      ComputedIn<S> x[kChunk<S>];
      read<kChunk<S>>(row_of<S>(given.x, row) + first, left, whole, x);
      for (int i = 0; i < kChunk<S>; ++i) x[i] *= normal(x[i]).cumulative;
      write(row_of<S>(given.y, row) + first, left, whole, x);
    });
  }
};

template <class S>
struct GeluGradient {
  static constexpr int kMostThreads = device::kBlockThreads;

  device::GeluGradient given;
  bool whole;

  RANKWISE_DEVICE void operator()(const Threads& at) const {
    each_chunk<S>(at, given.shape, [&](std::int64_t row, std::int64_t first, std::int64_t left) {
      ComputedIn<S> x[kChunk<S>], d_y[kChunk<S>];
      read<kChunk<S>>(row_of<S>(given.x, row) + first, left, whole, x);
      read<kChunk<S>>(row_of<S>(given.d_y, row) + first, left, whole, d_y);
      for (int i = 0; i < kChunk<S>; ++i) {
        const Normal<ComputedIn<S>> of_x = normal(x[i]);
        d_y[i] *= of_x.cumulative + x[i] * of_x.density;
      }
      write(row_of<S>(given.d_x, row) + first, left, whole, d_y);
    });
  }
};

}  // namespace

void gelu(const device::Gelu& given, device::Stream stream) {
  with_type(given.shape.stored, [&](auto rows) {
    using S = typename decltype(rows)::type;
    const WholeChunks whole = WholeChunks(given.shape.width, sizeof(S)).rows(given.x).rows(given.y);
    launch(Gelu<S>{given, static_cast<bool>(whole)}, over_chunks<S>(given.shape), stream);
  });
}

void gelu_gradient(const device::GeluGradient& given, device::Stream stream) {
  with_type(given.shape.stored, [&](auto rows) {
    using S = typename decltype(rows)::type;
    const WholeChunks whole =
        WholeChunks(given.shape.width, sizeof(S)).rows(given.x).rows(given.d_y).rows(given.d_x);
    launch(GeluGradient<S>{given, static_cast<bool>(whole)}, over_chunks<S>(given.shape), stream);
  });
}

}  // namespace rankwise::RANKWISE_MACHINE
