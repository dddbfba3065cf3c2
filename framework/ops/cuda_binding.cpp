// The kernels of framework/ops/device on CUDA devices. Built where nvcc is found and LibTorch is
// one for CUDA; see framework/ops/device/CMakeLists.txt.

#include "framework/ops/device_kernels.h"

#include <c10/cuda/CUDAStream.h>
#include <fmt/format.h>

#include <cstdio>

namespace rankwise {

namespace {

device::Stream current_stream(const at::Tensor& rows) {
  return c10::cuda::getCurrentCUDAStream(rows.device().index()).stream();
}

// Asked once, of the first device, and not before work begins there: it starts CUDA in this
// process.
bool can_run_them(const c10::Device& /*device*/) {
  static const bool usable = [] {
    const bool found = on_cuda::kernels().usable();
    if (!found) {
      fmt::print(
          stderr,
          "own CUDA kernels: this program has them for {}, and this device is none of these; "
          "LibTorch's code runs instead\n",
          RANKWISE_CUDA_ARCHITECTURES);
    }
    return found;
  }();
  return usable;
}

const DeviceKernels cuda_kernels{.kernels = on_cuda::kernels(),
                                 .stream = current_stream,
                                 .usable = can_run_them,
                                 .description = RANKWISE_CUDA_ARCHITECTURES};

const bool registered = [] {
  set_device_kernels(c10::kCUDA, &cuda_kernels);
  return true;
}();

}  // namespace

}  // namespace rankwise
