#include "framework/adapter/gate.h"

#include "framework/core/error.h"

namespace rankwise {

const torch::Tensor& GateInput::z() const {
  check(ranks.defined(), "the gate reads z = A x, which it gets where its reads_ranks() is true");
  return ranks;
}

AuxiliaryTerm mean_term(const torch::Tensor& loss, double weight, const Batch& batch) {
  return {loss * (weight * static_cast<double>(batch.sequences()))};
}

AuxiliaryTerm row_mean_term(const torch::Tensor& loss, double weight, const Batch& batch) {
  check(loss.dim() == 1 && loss.size(0) == batch.rows(),
        "row_mean_term: the loss is {}, expected one number for each of {} rows", shape_text(loss),
        batch.rows());
  return {(loss / batch.lengths.index_select(0, batch.row_sequence)).sum() * weight};
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
