#include "framework/ops/norm_inputs.h"

#include "framework/core/error.h"
#include "framework/core/switches.h"
#include "framework/ops/device_kernels.h"
#include "framework/ops/row_kernel.h"

#include <torch/types.h>

namespace rankwise {

namespace {

const Switch norms_switch("fused-norms",
                          "norms by kernels that add the residual and differentiate in "
                          "one pass; without: by LibTorch, after a sum");

using torch::Tensor;

}  // namespace

void NormInputs::check_shapes() const {
  check(x.dim() > 0 && width() > 0, "norm: rows without a width");
  check(!y.defined() || y.sizes() == x.sizes(), "norm: x and y must be of one shape");
  for (const Tensor& of_columns : {weight, bias}) {
    const std::int64_t given = of_columns.defined() ? of_columns.numel() : width();
    check(given == width(), "norm: {} weights for rows of {}", given, width());
  }
}

bool NormInputs::has_kernel() const {
  const bool trained = weight.requires_grad() || (bias.defined() && bias.requires_grad());
  const bool alike =
      !y.defined() || (y.scalar_type() == x.scalar_type() && y.device() == x.device());
  const bool known = device_kernels(x) ? width() <= device::kWidestNorm : has_row_kernel(x);
  return norms_switch && known && alike && weight.device() == x.device() && !trained;
}

bool NormInputs::wants_gradient() const {
  return torch::GradMode::is_enabled() && (x.requires_grad() || (y.defined() && y.requires_grad()));
}

NormInputs NormInputs::for_kernel() const {
  const bool as_they_are = device_kernels(x) && weight.scalar_type() == x.scalar_type() &&
                           (!bias.defined() || bias.scalar_type() == x.scalar_type());
  const auto converted = [&](const Tensor& t) {
    return t.defined() ? (as_they_are ? t : t.to(computed_in(x))).contiguous() : t;
  };
  return {x.contiguous(), y.defined() ? y.contiguous() : y, converted(weight), converted(bias),
          epsilon};
}

device::Norm NormInputs::on_device() const {
  return {.shape = shape_of(x),
          .weights = stored_as(weight),
          .epsilon = epsilon,
          .x = rows_in(x),
          .y = rows_in(y),
          .weight = data_of(weight),
          .bias = data_of(bias)};
}

Tensor NormInputs::kept_of_rows(bool keeps) const {
  return keeps ? at::empty({rows()}, computed_in(x)) : Tensor();
}

}  // namespace rankwise
