#include "framework/adapter/update.h"

namespace rankwise {

std::int64_t Update::active_parameters() const {
  std::int64_t count = 0;
  for (const torch::Tensor& parameter : parameters()) {
    if (parameter.requires_grad()) count += parameter.numel();
  }
  return count;
}

void Update::after_step(const StepInfo& /*step_info*/) {}

}  // namespace rankwise
