/// Memory of an accelerator as LibTorch's caching allocator counts it. The driver's own, some
/// hundred MiB a process, comes on top.
#pragma once

#include <c10/core/Device.h>

#include <optional>

namespace rankwise {

/// In MiB.
struct DeviceMemory {
  double allocated = 0;  // held by tensors
  double reserved = 0;   // taken from the device: allocated, cached and split off
};

/// The highest so far in this process, or since start_peak(); nothing for the CPU.
std::optional<DeviceMemory> peak_memory(const c10::Device& device);

/// From here on peaks are counted anew.
void start_peak(const c10::Device& device);

/// What the device has in all, in MiB; nothing for the CPU.
std::optional<double> device_memory(const c10::Device& device);

}  // namespace rankwise
