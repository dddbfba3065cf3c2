/// A CUDA device, for the bodies of kernels. emulated/machine.h has the same names for a CPU; which
/// one a source gets is a matter of the folder that it is compiled with.
///
/// A body is a struct of what it reads and writes, with
///     static constexpr int kMostThreads;  // of a block
///     RANKWISE_DEVICE void operator()(const Threads& at) const
/// A block has some rows of `lanes` threads, a multiple of kWarp.
#pragma once

#include "framework/ops/device/grid.h"

#include <cuda_bf16.h>
#include <cuda_runtime.h>

#include <cstdint>
#include <stdexcept>
#include <string>

#define RANKWISE_MACHINE on_cuda
#define RANKWISE_DEVICE __device__ __forceinline__
#define RANKWISE_UNROLL _Pragma("unroll")
#define RANKWISE_ROLLED _Pragma("unroll 1")

namespace rankwise::on_cuda {

using Bf16 = __nv_bfloat16;

RANKWISE_DEVICE float widen(Bf16 value) { return __bfloat162float(value); }
/// To the nearest, ties to even.
RANKWISE_DEVICE Bf16 narrowed(float value) { return __float2bfloat16_rn(value); }

RANKWISE_DEVICE float exponential(float x) { return expf(x); }
RANKWISE_DEVICE double exponential(double x) { return exp(x); }
RANKWISE_DEVICE float root(float x) { return sqrtf(x); }
RANKWISE_DEVICE double root(double x) { return sqrt(x); }
RANKWISE_DEVICE double complementary_error(double x) { return erfc(x); }
RANKWISE_DEVICE int ones(std::uint32_t bits) { return __popc(bits); }

/// 16 bytes at an address that is a multiple of 16.
using Bytes16 = uint4;
RANKWISE_DEVICE Bytes16 load16(const void* from) { return *static_cast<const Bytes16*>(from); }
RANKWISE_DEVICE void store16(void* to, const Bytes16& bytes) { *static_cast<Bytes16*>(to) = bytes; }

/// Where a thread is, and what it does with others. The others of its warp, or block, must do the
/// same.
class Threads {
 public:
  RANKWISE_DEVICE int lane() const { return static_cast<int>(threadIdx.x); }
  RANKWISE_DEVICE int lanes() const { return static_cast<int>(blockDim.x); }
  RANKWISE_DEVICE std::int64_t row() const {
    return static_cast<std::int64_t>(blockIdx.x) * blockDim.y + threadIdx.y;
  }
  RANKWISE_DEVICE std::int64_t tile() const { return blockIdx.y; }
  RANKWISE_DEVICE std::int64_t tiles() const { return gridDim.y; }

  /// The value of lane ^ offset of the warp.
  template <class T>
  RANKWISE_DEVICE T exchange(T value, int offset) const {
    return __shfl_xor_sync(kWholeWarp, value, offset);
  }
  /// A bit for each lane of the warp.
  RANKWISE_DEVICE std::uint32_t ballot(bool vote) const { return __ballot_sync(kWholeWarp, vote); }
  RANKWISE_DEVICE void barrier() const { __syncthreads(); }
  /// One value for each warp of the block, shared by all of it.
  template <class T>
  RANKWISE_DEVICE T* scratch() const {
    __shared__ T values[kMostWarps];
    return values;
  }

 private:
  static constexpr unsigned kWholeWarp = 0xffffffffU;
};

template <class Body>
__global__ void __launch_bounds__(Body::kMostThreads) run_body(const __grid_constant__ Body body) {
  body(Threads());
}

/// Whether the current device has code that it can run.
template <class Body>
bool can_run() {
  cudaFuncAttributes attributes;
  if (cudaFuncGetAttributes(&attributes, run_body<Body>) == cudaSuccess) return true;
  static_cast<void>(cudaGetLastError());  // else the next call would be blamed
  return false;
}

template <class Body>
void launch(const Body& body, const device::Grid& grid, void* stream) {
  if (grid.blocks == 0 || grid.tiles == 0) return;
  const dim3 blocks(static_cast<unsigned>(grid.blocks), static_cast<unsigned>(grid.tiles));
  const dim3 threads(static_cast<unsigned>(grid.lanes), static_cast<unsigned>(grid.rows));
  run_body<<<blocks, threads, 0, static_cast<cudaStream_t>(stream)>>>(body);
  const cudaError_t status = cudaGetLastError();
  if (status == cudaSuccess) return;
  throw std::runtime_error(std::string("a kernel was not taken by the CUDA device: ") +
                           cudaGetErrorString(status));
}

}  // namespace rankwise::on_cuda
