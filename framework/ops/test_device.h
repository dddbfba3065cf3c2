/// The kernels of a device for tensors on the CPU, where the threads of its blocks take turns: so
/// ops are tested as they run there, with all that surrounds the kernels.
#pragma once

#include "framework/ops/device_kernels.h"

namespace rankwise {

/// For as long as it lives; one at a time.
class InEmulatedKernels {
 public:
  InEmulatedKernels() { set_device_kernels(c10::kCPU, &kernels()); }
  ~InEmulatedKernels() { set_device_kernels(c10::kCPU, nullptr); }
  InEmulatedKernels(const InEmulatedKernels&) = delete;
  InEmulatedKernels& operator=(const InEmulatedKernels&) = delete;

 private:
  static const DeviceKernels& kernels() {
    static const DeviceKernels all{
        .kernels = emulated::kernels(),
        .stream = [](const at::Tensor&) -> device::Stream { return nullptr; },
        .usable = [](const c10::Device&) { return true; },
        .description = "emulated"};
    return all;
  }
};

}  // namespace rankwise
