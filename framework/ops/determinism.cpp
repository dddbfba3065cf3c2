#include "framework/ops/determinism.h"

#include <ATen/Context.h>

namespace rankwise {

namespace {

// Operations without a fixed order would otherwise be errors; those on the way of a gradient or a
// count are not used.
void ask(bool wanted, bool strictly) {
  at::globalContext().setDeterministicAlgorithms(wanted, /*warn_only=*/wanted && !strictly);
}

bool asked() { return at::globalContext().deterministicAlgorithms(); }

}  // namespace

void set_deterministic(bool wanted, const c10::Device& device) {
  ask(wanted && device.is_cuda(), /*strictly=*/false);
  at::globalContext().setDeterministicFillUninitializedMemory(false);  // all of it is written to
}

FixedOrder::FixedOrder() : wanted_(asked()) {
  if (wanted_) ask(true, /*strictly=*/true);
}
FixedOrder::~FixedOrder() {
  if (wanted_) ask(true, /*strictly=*/false);
}

DistinctPlaces::DistinctPlaces() : wanted_(asked()) {
  if (wanted_) ask(false, /*strictly=*/false);
}
DistinctPlaces::~DistinctPlaces() {
  if (wanted_) ask(true, /*strictly=*/false);
}

}  // namespace rankwise
