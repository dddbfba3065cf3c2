#include "framework/adapter/adapter.h"

#include <algorithm>

namespace rankwise {

bool Adapter::rows_are_independent() const {
  return std::all_of(attached_.begin(), attached_.end(), [](const Attached& attached) {
    return attached.update->rows_are_independent();
  });
}

AuxiliaryTerm Adapter::take_auxiliary() {
  AuxiliaryTerm total;
  std::int64_t sites = 0;
  for (const Attached& attached : attached_) {
    const AuxiliaryTerm term = attached.update->take_auxiliary();
    if (!term.sum.defined()) continue;
    total.sum = sites == 0 ? term.sum : total.sum + term.sum;
    ++sites;
  }
  if (sites == 0) return total;
  const double factor = auxiliary_factor(sites);
  if (factor != 1) total.sum = total.sum * factor;
  return total;
}

double Adapter::auxiliary_factor(std::int64_t /*sites*/) const { return 1; }

void Adapter::after_forward(const torch::Tensor& /*pooled*/, const Pass& /*pass*/) {}

void Adapter::edit_gradients(const StepInfo& /*step_info*/) {}

void Adapter::before_step(const StepInfo& /*step_info*/) {}

void Adapter::after_step(const StepInfo& step_info) {
  for (const Attached& attached : attached_) attached.update->after_step(step_info);
}

}  // namespace rankwise
