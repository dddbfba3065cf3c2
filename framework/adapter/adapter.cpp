#include "framework/adapter/adapter.h"

namespace rankwise {

AuxiliaryTerm Adapter::take_auxiliary() {
  AuxiliaryTerm total;
  for (const Attached& attached : attached_) {
    Gate* gate = attached.update->gate();
    if (gate == nullptr) continue;
    const AuxiliaryTerm term = gate->take_auxiliary();
    if (!term.sum.defined()) continue;
    total.sum = total.sum.defined() ? total.sum + term.sum : term.sum;
    total.sequences = term.sequences;
  }
  return total;
}

void Adapter::after_forward(const torch::Tensor& /*pooled*/, const Pass& /*pass*/) {}

void Adapter::before_step(const Moment& /*moment*/) {}

void Adapter::after_step(const Moment& moment) {
  for (const Attached& attached : attached_) attached.update->after_step(moment);
}

}  // namespace rankwise
