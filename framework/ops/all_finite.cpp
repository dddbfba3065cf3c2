#include "framework/ops/all_finite.h"

#include <ATen/ops/isfinite.h>

#include <algorithm>
#include <cstdint>

namespace rankwise {
namespace {

/// A floating-point number is not finite where all bits of its exponent are set.
template <class Bits>
bool none_has_all_of(Bits exponent, const void* memory, std::int64_t count) {
  constexpr std::int64_t kBlock = 4096;
  const auto* values = static_cast<const Bits*>(memory);
  for (std::int64_t first = 0; first < count; first += kBlock) {
    const std::int64_t end = std::min(count, first + kBlock);
    Bits found = 0;
    for (std::int64_t i = first; i < end; ++i) {
      found |= static_cast<Bits>((values[i] & exponent) == exponent);
    }
    if (found != 0) return false;
  }
  return true;
}

}  // namespace

bool all_finite(const torch::Tensor& values) {
  if (!values.is_floating_point()) return true;
  const std::int64_t count = values.numel();
  if (values.is_cpu() && values.is_contiguous()) {
    switch (values.scalar_type()) {
      case torch::kFloat64:
        return none_has_all_of<std::uint64_t>(0x7ff0000000000000, values.data_ptr(), count);
      case torch::kFloat32:
        return none_has_all_of<std::uint32_t>(0x7f800000, values.data_ptr(), count);
      case torch::kBFloat16:
        return none_has_all_of<std::uint16_t>(0x7f80, values.data_ptr(), count);
      case torch::kFloat16:
        return none_has_all_of<std::uint16_t>(0x7c00, values.data_ptr(), count);
      default:
        break;
    }
  }
  return at::isfinite(values.detach()).all().item<bool>();
}

}  // namespace rankwise
