#include "framework/adapter/gate.h"

namespace rankwise {

std::int64_t Gate::active_parameters() const {
  std::int64_t count = 0;
  for (const torch::Tensor& parameter : parameters()) count += parameter.numel();
  return count;
}

void Gate::after_step(const torch::Tensor& /*chosen*/, const Moment& /*moment*/) {}

Choice OpenGate::forward(const GateInput& /*input*/) { return Choice::all(ranks_); }

}  // namespace rankwise
