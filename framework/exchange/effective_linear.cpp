#include "framework/exchange/effective_linear.h"

#include "framework/core/error.h"

#include <torch/types.h>

#include <algorithm>

namespace rankwise {

using torch::Tensor;

EffectiveLinear effective_linear(const Adapter::Attached& attached, const FrozenLinear& frozen,
                                 const TaskOf& which) {
  const torch::NoGradGuard no_grad;
  static_cast<void>(task_weights(attached, which.tasks));
  const std::int64_t in = attached.site.in;
  const auto options = frozen.weight.options();
  const Tensor offset =
      pass_through(attached, torch::zeros({1, in}, options), frozen, which).squeeze(0);
  EffectiveLinear made{torch::empty_like(frozen.weight), {}};
  constexpr std::int64_t kRows = 512;  // at a time
  for (std::int64_t first = 0; first < in; first += kRows) {
    const std::int64_t rows = std::min(kRows, in - first);
    Tensor units = torch::zeros({rows, in}, options);
    units.narrow(1, first, rows).fill_diagonal_(1);
    const Tensor outputs = pass_through(attached, units, frozen, which) - offset;
    made.weight.narrow(1, first, rows).copy_(outputs.t());
  }
  if (frozen.bias.defined()) made.bias = offset;
  const Tensor x = probe_rows(attached, 4, options);
  constexpr double kTolerance = 1e-4;  // of sums of some thousand terms in single precision
  check_alike(at::linear(x, made.weight, made.bias), pass_through(attached, x, frozen, which),
              kTolerance,
              fmt::format("{}: its update is no matrix, so that no checkpoint can hold it; score "
                          "it here (rankwise evaluate)",
                          attached.site.name));
  return made;
}

}  // namespace rankwise
