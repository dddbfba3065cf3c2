#include "framework/adapter/gate.h"

namespace rankwise {

AuxiliaryTerm mean_term(const torch::Tensor& loss, double weight, const Batch& batch) {
  return {loss * (weight * static_cast<double>(batch.sequences()))};
}

std::int64_t Gate::active_parameters() const {
  std::int64_t count = 0;
  for (const torch::Tensor& parameter : parameters()) count += parameter.numel();
  return count;
}

std::int64_t Gate::router_parameters() const { return Gate::active_parameters(); }

void Gate::after_step(const torch::Tensor& /*chosen*/, const StepInfo& /*step_info*/) {}

Routing OpenGate::forward(const GateInput& /*input*/) { return Choice::all(ranks_); }

}  // namespace rankwise
