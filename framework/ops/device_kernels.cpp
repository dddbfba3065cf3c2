#include "framework/ops/device_kernels.h"

#include "framework/core/switches.h"

#include <torch/types.h>

#include <array>
#include <atomic>

namespace rankwise {

namespace {

const Switch device_switch("device-kernels",
                           "own kernels on a CUDA device for norms, activations, rotation and "
                           "routing; without: LibTorch's code");

constexpr auto kTypes = static_cast<std::size_t>(c10::DeviceType::COMPILE_TIME_MAX_DEVICE_TYPES);

// By type of device.
std::array<std::atomic<const DeviceKernels*>, kTypes>& bound() {
  static std::array<std::atomic<const DeviceKernels*>, kTypes> all{};
  return all;
}

std::atomic<const DeviceKernels*>& bound_to(c10::DeviceType type) {
  return bound().at(static_cast<std::size_t>(type));
}

}  // namespace

void set_device_kernels(c10::DeviceType type, const DeviceKernels* kernels) {
  bound_to(type).store(kernels);
}

const DeviceKernels* device_kernels(const at::Tensor& rows) {
  const DeviceKernels* found = bound_to(rows.device().type()).load(std::memory_order_relaxed);
  if (found == nullptr || !device_switch) return nullptr;
  const c10::ScalarType type = rows.scalar_type();
  const bool known = type == c10::kFloat || type == c10::kDouble || type == c10::kBFloat16;
  return known && found->usable(rows.device()) ? found : nullptr;
}

std::string device_kernels_text() {
  const DeviceKernels* found = bound_to(c10::kCUDA).load();
  if (found != nullptr) return found->description;
  return "none: this program was built without nvcc, on CUDA devices LibTorch's code runs instead";
}

bool device_kernels_missing(c10::DeviceType type) {
  return type == c10::kCUDA && bound_to(type).load() == nullptr;
}

device::Stored stored_as(const at::Tensor& tensor) {
  if (tensor.scalar_type() == c10::kBFloat16) return device::Stored::kBf16;
  TORCH_CHECK(tensor.scalar_type() == c10::kFloat || tensor.scalar_type() == c10::kDouble,
              "kernels of a device take no rows of ", tensor.scalar_type());
  return tensor.scalar_type() == c10::kDouble ? device::Stored::kFp64 : device::Stored::kFp32;
}

at::Tensor as_rows(const at::Tensor& tensor) {
  const bool strided = tensor.dim() == 2 && (tensor.size(1) <= 1 || tensor.stride(1) == 1);
  return strided ? tensor : tensor.contiguous();
}

device::Shape shape_of(const at::Tensor& rows) {
  const std::int64_t width = rows.dim() == 0 ? 1 : rows.size(-1);
  return {stored_as(rows), width == 0 ? 0 : rows.numel() / width, width};
}

namespace {

std::int64_t stride_of(const at::Tensor& rows) {
  return rows.dim() == 2 ? rows.stride(0) : rows.dim() == 0 ? 1 : rows.size(-1);
}

}  // namespace

device::In rows_in(const at::Tensor& rows) {
  if (!rows.defined()) return {};
  return {rows.const_data_ptr(), stride_of(rows)};
}

device::Out rows_out(const at::Tensor& rows) {
  if (!rows.defined()) return {};
  return {rows.mutable_data_ptr(), stride_of(rows)};
}

const void* data_of(const at::Tensor& tensor) {
  return tensor.defined() ? tensor.const_data_ptr() : nullptr;
}

}  // namespace rankwise
