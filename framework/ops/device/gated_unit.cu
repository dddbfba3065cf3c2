// The gate of a gated linear unit times its values.
#include "framework/ops/activations.h"
#include "framework/ops/device/elements.h"
#include "framework/ops/device/functions.h"

namespace rankwise::RANKWISE_MACHINE {

namespace {

template <class T>
struct Sigmoid {
  RANKWISE_DEVICE explicit Sigmoid(T u) {
    const T e = exponential(u < 0 ? u : -u), larger = 1 / (1 + e);
    value = u < 0 ? e * larger : larger;
    slope = e * larger * larger;
  }

  T value, slope;
};

template <class S, class Form>
struct GatedUnit {
  static constexpr int kMostThreads = device::kBlockThreads;
  using T = ComputedIn<S>;

  device::GatedUnit given;
  bool whole;

  RANKWISE_DEVICE void operator()(const Threads& at) const {
    each_chunk<S>(at, given.shape, [&](std::int64_t row, std::int64_t first, std::int64_t left) {
      T gate[kChunk<S>], up[kChunk<S>];
      read<kChunk<S>>(row_of<S>(given.gate, row) + first, left, whole, gate);
      read<kChunk<S>>(row_of<S>(given.up, row) + first, left, whole, up);
      for (int i = 0; i < kChunk<S>; ++i) {
        const Sigmoid<T> sigmoid(Form::template argument<T>(gate[i]));
        up[i] *= gate[i] * sigmoid.value;
      }
      write(row_of<S>(given.y, row) + first, left, whole, up);
    });
  }
};

template <class S, class Form>
struct GatedUnitGradient {
  static constexpr int kMostThreads = device::kBlockThreads;
  using T = ComputedIn<S>;

  device::GatedUnitGradient given;
  bool whole;

  RANKWISE_DEVICE void operator()(const Threads& at) const {
    each_chunk<S>(at, given.shape, [&](std::int64_t row, std::int64_t first, std::int64_t left) {
      T gate[kChunk<S>], up[kChunk<S>], d_y[kChunk<S>];
      read<kChunk<S>>(row_of<S>(given.gate, row) + first, left, whole, gate);
      read<kChunk<S>>(row_of<S>(given.up, row) + first, left, whole, up);
      read<kChunk<S>>(row_of<S>(given.d_y, row) + first, left, whole, d_y);
      for (int i = 0; i < kChunk<S>; ++i) {
        const T x = gate[i];
        const Sigmoid<T> sigmoid(Form::template argument<T>(x));
        gate[i] = d_y[i] * up[i] * (sigmoid.value + x * sigmoid.slope * Form::template slope<T>(x));
        up[i] = d_y[i] * (x * sigmoid.value);
      }
      write(row_of<S>(given.d_gate, row) + first, left, whole, gate);
      write(row_of<S>(given.d_up, row) + first, left, whole, up);
    });
  }
};

template <template <class, class> class Body, class Given>
void launch_gate(const Given& given, WholeChunks (*chunks)(const Given&, WholeChunks),
                 device::Stream stream) {
  with_type(given.shape.stored, [&](auto rows) {
    using S = typename decltype(rows)::type;
    const auto whole = static_cast<bool>(chunks(given, {given.shape.width, sizeof(S)}));
    const device::Grid grid = over_chunks<S>(given.shape);
    if (given.activation == device::Activation::kSilu) {
      launch(Body<S, Silu>{given, whole}, grid, stream);
    } else {
      launch(Body<S, GeluTanh>{given, whole}, grid, stream);
    }
  });
}

}  // namespace

void gated_unit(const device::GatedUnit& given, device::Stream stream) {
  const auto chunks = [](const device::GatedUnit& of, WholeChunks whole) {
    return whole.rows(of.gate).rows(of.up).rows(of.y);
  };
  launch_gate<GatedUnit, device::GatedUnit>(given, chunks, stream);
}

void gated_unit_gradient(const device::GatedUnitGradient& given, device::Stream stream) {
  const auto chunks = [](const device::GatedUnitGradient& of, WholeChunks whole) {
    return whole.rows(of.gate).rows(of.up).rows(of.d_y).rows(of.d_gate).rows(of.d_up);
  };
  launch_gate<GatedUnitGradient, device::GatedUnitGradient>(given, chunks, stream);
}

}  // namespace rankwise::RANKWISE_MACHINE
