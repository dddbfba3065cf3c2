/// Bits that do not depend on the order in which a GPU's threads come: same seed, same bits.
///
/// The CPU's operations have that by themselves. On a GPU LibTorch's have it where they are told
/// to, which is one setting for the whole process.
#pragma once

#include <c10/core/Device.h>

namespace rankwise {

/// Whether sums there run in a fixed order from now on. A setting of the process.
void set_deterministic(bool wanted, const c10::Device& device);

/// Within its life LibTorch takes only kernels whose sums have a fixed order, where that is asked
/// for: attention's backward looks at no milder setting.
class FixedOrder {
 public:
  FixedOrder();
  ~FixedOrder();
  FixedOrder(const FixedOrder&) = delete;
  FixedOrder& operator=(const FixedOrder&) = delete;

 private:
  bool wanted_;
};

/// Within its life writes by index need no fixed order, for no two go to one place: they are not
/// sorted first.
class DistinctPlaces {
 public:
  DistinctPlaces();
  ~DistinctPlaces();
  DistinctPlaces(const DistinctPlaces&) = delete;
  DistinctPlaces& operator=(const DistinctPlaces&) = delete;

 private:
  bool wanted_;
};

}  // namespace rankwise
