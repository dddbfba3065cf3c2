#include "framework/run/device_memory.h"

#include <c10/core/CachingDeviceAllocator.h>

namespace rankwise {

namespace {

constexpr double kMiB = 1024.0 * 1024.0;

double peak_mib(const c10::CachingAllocator::StatArray& bytes) {
  constexpr auto kAll = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  return static_cast<double>(bytes.at(kAll).peak) / kMiB;
}

}  // namespace

std::optional<DeviceMemory> peak_memory(const c10::Device& device) {
  if (device.is_cpu()) return std::nullopt;
  c10::DeviceAllocator* allocator = c10::getDeviceAllocator(device.type());
  if (!allocator->initialized()) return DeviceMemory{};  // no tensor was made there
  const auto stats = allocator->getDeviceStats(device.index());
  return DeviceMemory{peak_mib(stats.allocated_bytes), peak_mib(stats.reserved_bytes)};
}

void start_peak(const c10::Device& device) {
  if (device.is_cpu()) return;
  c10::DeviceAllocator* allocator = c10::getDeviceAllocator(device.type());
  if (allocator->initialized()) allocator->resetPeakStats(device.index());
}

std::optional<double> device_memory(const c10::Device& device) {
  if (device.is_cpu()) return std::nullopt;
  const auto [free, total] = c10::getDeviceAllocator(device.type())->getMemoryInfo(device.index());
  return static_cast<double>(total) / kMiB;
}

}  // namespace rankwise
