/// Own kernels for tensors on a device: whether there are any, and tensors as they are given to
/// them.
///
/// They are compiled where nvcc is found (framework/ops/device). Where they are not, LibTorch's
/// code runs instead.
#pragma once

#include "framework/ops/device/kernels.h"

#include <ATen/core/Tensor.h>

#include <string>

namespace rankwise {

/// The kernels of one kind of device.
struct DeviceKernels {
  const device::Kernels& kernels;
  /// The stream that work on the tensor's device goes to.
  device::Stream (*stream)(const at::Tensor& rows);
  /// Whether the device can run them.
  bool (*usable)(const c10::Device& device);
  std::string description;  // "sm_80, sm_90"
};

/// From now on the kernels of devices of this type; null: none. Not to be called while ops run.
void set_device_kernels(c10::DeviceType type, const DeviceKernels* kernels);

/// Those of the tensor's device, for rows in float, double or bf16; null where there are none.
const DeviceKernels* device_kernels(const at::Tensor& rows);

/// For which processors CUDA kernels are in this program, or that there are none and what happens
/// then: a line.
std::string device_kernels_text();

/// Whether devices of this type could have own kernels, and this program has none.
bool device_kernels_missing(c10::DeviceType type);

device::Stored stored_as(const at::Tensor& tensor);

/// Rows are along the last dimension. Where they can not be described by one stride they are made
/// contiguous.
at::Tensor as_rows(const at::Tensor& tensor);
device::Shape shape_of(const at::Tensor& rows);

/// Of as_rows(); of an undefined tensor no rows.
device::In rows_in(const at::Tensor& rows);
device::Out rows_out(const at::Tensor& rows);

/// Null for an undefined tensor.
const void* data_of(const at::Tensor& tensor);

}  // namespace rankwise
