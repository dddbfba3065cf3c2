/// Rows that a row of threads holds in registers, and sums over them.
#pragma once

#include "framework/ops/device/chunks.h"

namespace rankwise::RANKWISE_MACHINE {

inline constexpr int kHeld = 16;            // values of a row that a thread holds
inline constexpr int kMostNormLanes = 512;  // and so many hold the widest
static_assert(kHeld * kMostNormLanes == device::kWidestNorm);

/// As few threads a row as can hold it; where that is a warp, some rows a block.
inline device::Grid holding(const device::Shape& shape) {
  if (shape.width <= kHeld * kWarp) return device::warp_a_row(shape.rows);
  int lanes = 2 * kWarp;
  while (lanes * kHeld < shape.width) lanes *= 2;
  return {.blocks = shape.rows, .lanes = lanes};
}

/// Calls step(place, first, left) for each chunk that this thread holds at `place`: it begins at
/// the row's column `first` and has `left` columns, if not more than a chunk.
template <class S, class Step>
RANKWISE_DEVICE void each_held_chunk(const Threads& at, std::int64_t width, const Step& step) {
  RANKWISE_UNROLL
  for (int place = 0; place < kHeld; place += kChunk<S>) {
    const int first = place * at.lanes() + at.lane() * kChunk<S>;
    if (first < width) step(place, first, static_cast<int>(width) - first);
  }
}

/// The sum over the threads of a row, which all of them get. Of more than a warp they are the
/// whole block.
template <class T>
RANKWISE_DEVICE T row_sum(const Threads& at, T value) {
  RANKWISE_UNROLL
  for (int offset = kWarp / 2; offset > 0; offset /= 2) value += at.exchange(value, offset);
  if (at.lanes() <= kWarp) return value;
  T* of_warps = at.template scratch<T>();
  at.barrier();  // until the sum before was read
  if (at.lane() % kWarp == 0) of_warps[at.lane() / kWarp] = value;
  at.barrier();
  T sum = 0;
  for (int warp = 0; warp < at.lanes() / kWarp; ++warp) sum += of_warps[warp];
  return sum;
}

}  // namespace rankwise::RANKWISE_MACHINE
