/// A CPU in the place of a CUDA device, for tests: the names of cuda/machine.h, under which the
/// bodies of kernels are compiled by the C++ compiler. The threads of a block take turns in one
/// thread, and each runs until it waits for others.
#pragma once

#include "framework/ops/device/grid.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>

#define RANKWISE_MACHINE emulated
#define RANKWISE_DEVICE inline
#define RANKWISE_UNROLL
#define RANKWISE_ROLLED

namespace rankwise::emulated {

struct Bf16 {
  std::uint16_t bits;
};

RANKWISE_DEVICE float widen(Bf16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}
/// To the nearest, ties to even; NaN stays.
RANKWISE_DEVICE Bf16 narrowed(float value) {
  if (value != value) return {0x7fff};
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return {static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16)};
}

RANKWISE_DEVICE float exponential(float x) { return std::exp(x); }
RANKWISE_DEVICE double exponential(double x) { return std::exp(x); }
RANKWISE_DEVICE float root(float x) { return std::sqrt(x); }
RANKWISE_DEVICE double root(double x) { return std::sqrt(x); }
RANKWISE_DEVICE double complementary_error(double x) { return std::erfc(x); }
RANKWISE_DEVICE int ones(std::uint32_t bits) { return std::popcount(bits); }

using std::memcpy;

struct Bytes16 {
  std::byte bytes[16];
};
/// Both throw std::logic_error at an address that a device would refuse.
Bytes16 load16(const void* from);
void store16(void* to, const Bytes16& bytes);

/// Where a thread of the block that runs is, and what it does with others.
class Threads {
 public:
  Threads(const device::Grid& grid, std::int64_t block, std::int64_t tile, int thread)
      : grid_(grid), block_(block), tile_(tile), thread_(thread) {}

  int lane() const { return thread_ % grid_.lanes; }
  int lanes() const { return grid_.lanes; }
  std::int64_t row() const { return block_ * grid_.rows + thread_ / grid_.lanes; }
  std::int64_t tile() const { return tile_; }
  std::int64_t tiles() const { return grid_.tiles; }

  template <class T>
  T exchange(T value, int offset) const {
    static_assert(sizeof(T) <= kValue);
    exchange_bytes(&value, sizeof(T), offset);
    return value;
  }
  std::uint32_t ballot(bool vote) const;
  void barrier() const;
  template <class T>
  T* scratch() const {
    static_assert(sizeof(T) <= kValue);
    return static_cast<T*>(scratch_bytes());
  }

  static constexpr std::size_t kValue = 8;  // bytes of a value that threads share

 private:
  void exchange_bytes(void* value, std::size_t size, int offset) const;
  static void* scratch_bytes();

  const device::Grid& grid_;
  std::int64_t block_, tile_;
  int thread_;
};

/// Runs every thread of one block. Throws std::logic_error where threads wait for others that will
/// not come, and what a body throws.
void run_block(int threads, const std::function<void(int thread)>& body);

template <class Body>
bool can_run() {
  return true;
}

template <class Body>
void launch(const Body& body, const device::Grid& grid, void* /*stream*/) {
  for (std::int64_t block = 0; block < grid.blocks; ++block) {
    for (std::int64_t tile = 0; tile < grid.tiles; ++tile) {
      static_assert(Body::kMostThreads <= kWarp * kMostWarps);
      run_block(grid.lanes * grid.rows,
                [&](int thread) { body(Threads(grid, block, tile, thread)); });
    }
  }
}

}  // namespace rankwise::emulated
