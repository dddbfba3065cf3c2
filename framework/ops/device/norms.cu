// Layer normalisation and RMSNorm.
#include "framework/ops/device/functions.h"
#include "framework/ops/device/held_row.h"

namespace rankwise::RANKWISE_MACHINE {

namespace {

template <class S, class W>
struct LayerNorm {
  static constexpr int kMostThreads = kMostNormLanes;
  using T = ComputedIn<S>;

  device::Norm given;
  bool whole;

  RANKWISE_DEVICE void operator()(const Threads& at) const {
    const std::int64_t row = at.row(), width = given.shape.width;
    if (row >= given.shape.rows) return;
    T held[kHeld];
    T sum = 0;
    each_held_chunk<S>(at, width, [&](int place, int first, int left) {
      T* values = held + place;
      read_inputs(row, first, left, values);
      for (int i = 0; i < kChunk<S>; ++i) sum += values[i];
    });
    const T mean = row_sum(at, sum) / static_cast<T>(width);
    T squares = 0;
    each_held_chunk<S>(at, width, [&](int place, int, int left) {
      for (int i = 0; i < kChunk<S>; ++i) {
        const T apart = i < left ? held[place + i] - mean : 0;
        squares += apart * apart;
      }
    });
    const T variance = row_sum(at, squares) / static_cast<T>(width);
    const T factor = 1 / root(variance + static_cast<T>(given.epsilon));
    if (given.scale != nullptr && at.lane() == 0) static_cast<T*>(given.scale)[row] = factor;
    each_held_chunk<S>(at, width, [&](int place, int first, int left) {
      T* values = held + place;
      for (int i = 0; i < kChunk<S>; ++i) values[i] = (values[i] - mean) * factor;
      if (given.normalised.data != nullptr) {
        write(row_of<S>(given.normalised, row) + first, left, whole, values);
      }
      write_scaled(row, first, left, values);
    });
  }

 private:
  RANKWISE_DEVICE void read_inputs(std::int64_t row, int first, int left, T* values) const {
    read<kChunk<S>>(row_of<S>(given.x, row) + first, left, whole, values);
    if (given.y.data == nullptr) return;
    T added[kChunk<S>];
    read<kChunk<S>>(row_of<S>(given.y, row) + first, left, whole, added);
    for (int i = 0; i < kChunk<S>; ++i) values[i] += added[i];
  }

  RANKWISE_DEVICE void write_scaled(std::int64_t row, int first, int left, const T* values) const {
    T weight[kChunk<S>], bias[kChunk<S>];
    read<kChunk<S>>(static_cast<const W*>(given.weight) + first, left, whole, weight);
    read<kChunk<S>>(static_cast<const W*>(given.bias) + first, left, whole, bias);
    for (int i = 0; i < kChunk<S>; ++i) weight[i] = values[i] * weight[i] + bias[i];
    write(row_of<S>(given.out, row) + first, left, whole, weight);
  }
};

template <class S, class W>
struct RmsNorm {
  static constexpr int kMostThreads = kMostNormLanes;
  using T = ComputedIn<S>;

  device::Norm given;
  bool whole;

  RANKWISE_DEVICE void operator()(const Threads& at) const {
    const std::int64_t row = at.row(), width = given.shape.width;
    if (row >= given.shape.rows) return;
    T held[kHeld];
    T squares = 0;
    each_held_chunk<S>(at, width, [&](int place, int first, int left) {
      T* values = held + place;
      read<kChunk<S>>(row_of<S>(given.x, row) + first, left, whole, values);
      if (given.y.data != nullptr) add(row, first, left, values);
      for (int i = 0; i < kChunk<S>; ++i) squares += values[i] * values[i];
    });
    const T mean = row_sum(at, squares) / static_cast<T>(width);
    const T factor = 1 / root(mean + static_cast<T>(given.epsilon));
    if (given.scale != nullptr && at.lane() == 0) static_cast<T*>(given.scale)[row] = factor;
    each_held_chunk<S>(at, width, [&](int place, int first, int left) {
      T values[kChunk<S>];
      read<kChunk<S>>(static_cast<const W*>(given.weight) + first, left, whole, values);
      for (int i = 0; i < kChunk<S>; ++i) values[i] *= held[place + i] * factor;
      write(row_of<S>(given.out, row) + first, left, whole, values);
    });
  }

 private:
  /// What is normalised is the sum as it is stored, for the backward has no other.
  RANKWISE_DEVICE void add(std::int64_t row, int first, int left, T* values) const {
    T added[kChunk<S>];
    read<kChunk<S>>(row_of<S>(given.y, row) + first, left, whole, added);
    for (int i = 0; i < kChunk<S>; ++i) values[i] = widen(narrow<S>(values[i] + added[i]));
    write(row_of<S>(given.sum, row) + first, left, whole, values);
  }
};

template <class S, class W, bool kCentred>
struct NormGradient {
  static constexpr int kMostThreads = kMostNormLanes;
  using T = ComputedIn<S>;

  device::NormGradient given;
  bool whole;

  RANKWISE_DEVICE void operator()(const Threads& at) const {
    const std::int64_t row = at.row(), width = given.shape.width;
    if (row >= given.shape.rows) return;
    T weighted[kHeld], rows[kHeld];
    T sum = 0, products = 0;
    each_held_chunk<S>(at, width, [&](int place, int first, int left) {
      T *g = weighted + place, *n = rows + place;
      T weight[kChunk<S>];
      read<kChunk<S>>(row_of<S>(given.d_out, row) + first, left, whole, g);
      read<kChunk<S>>(row_of<S>(given.rows, row) + first, left, whole, n);
      read<kChunk<S>>(static_cast<const W*>(given.weight) + first, left, whole, weight);
      for (int i = 0; i < kChunk<S>; ++i) {
        g[i] *= weight[i];
        sum += g[i];
        products += g[i] * n[i];
      }
    });
    const T mean = kCentred ? row_sum(at, sum) / static_cast<T>(width) : 0;
    const T factor = static_cast<const T*>(given.scale)[row];
    const T along =
        (kCentred ? 1 : factor * factor) * (row_sum(at, products) / static_cast<T>(width));
    each_held_chunk<S>(at, width, [&](int place, int first, int left) {
      T added[kChunk<S>] = {};
      if (given.d_sum.data != nullptr) {
        read<kChunk<S>>(row_of<S>(given.d_sum, row) + first, left, whole, added);
      }
      for (int i = 0; i < kChunk<S>; ++i) {
        added[i] += factor * (weighted[place + i] - mean - rows[place + i] * along);
      }
      write(row_of<S>(given.d_x, row) + first, left, whole, added);
    });
  }
};

template <template <class, class> class Body>
void launch_norm(const device::Norm& given, device::Stream stream) {
  with_types(given.shape.stored, given.weights, [&](auto rows, auto weights) {
    using S = typename decltype(rows)::type;
    const WholeChunks whole = WholeChunks(given.shape.width, sizeof(S))
                                  .rows(given.x)
                                  .rows(given.y)
                                  .rows(given.out)
                                  .rows(given.sum)
                                  .rows(given.normalised)
                                  .values(given.weight)
                                  .values(given.bias);
    launch(Body<S, typename decltype(weights)::type>{given, static_cast<bool>(whole)},
           holding(given.shape), stream);
  });
}

template <bool kCentred>
void launch_norm_gradient(const device::NormGradient& given, device::Stream stream) {
  with_types(given.shape.stored, given.weights, [&](auto rows, auto weights) {
    using S = typename decltype(rows)::type;
    const WholeChunks whole = WholeChunks(given.shape.width, sizeof(S))
                                  .rows(given.rows)
                                  .rows(given.d_out)
                                  .rows(given.d_sum)
                                  .rows(given.d_x)
                                  .values(given.weight);
    using Body = NormGradient<S, typename decltype(weights)::type, kCentred>;
    launch(Body{given, static_cast<bool>(whole)}, holding(given.shape), stream);
  });
}

}  // namespace

void layer_norm(const device::Norm& given, device::Stream stream) {
  launch_norm<LayerNorm>(given, stream);
}

void rms_norm(const device::Norm& given, device::Stream stream) {
  launch_norm<RmsNorm>(given, stream);
}

void layer_norm_gradient(const device::NormGradient& given, device::Stream stream) {
  launch_norm_gradient</*kCentred=*/true>(given, stream);
}

void rms_norm_gradient(const device::NormGradient& given, device::Stream stream) {
  launch_norm_gradient</*kCentred=*/false>(given, stream);
}

}  // namespace rankwise::RANKWISE_MACHINE
