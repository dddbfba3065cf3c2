#include "framework/ops/device_kernels.h"
#include "framework/ops/norm_gradient.h"
#include "framework/ops/norm_inputs.h"
#include "framework/ops/norms.h"
#include "framework/ops/rms_norm_kernel.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

namespace rankwise {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct RmsNormed {
  Tensor sum, out;
  Tensor scale;  // kept for the backward, else undefined
};

RmsNormed rms_normed(const NormInputs& given, bool keeps) {
  const Tensor& x = given.x;
  const RmsNormed made{given.y.defined() ? at::empty_like(x) : Tensor(), at::empty_like(x),
                       given.kept_of_rows(keeps)};
  if (const DeviceKernels* on_device = device_kernels(x)) {
    device::Norm norm = given.on_device();
    norm.out = rows_out(made.out);
    norm.sum = rows_out(made.sum);
    norm.scale = made.scale.defined() ? made.scale.data_ptr() : nullptr;
    on_device->kernels.rms_norm(norm, on_device->stream(x));
    return made;
  }
  AT_DISPATCH_FLOATING_TYPES_AND(torch::kBFloat16, x.scalar_type(), "rms_norm", [&] {
    using Kernel = RmsNormKernel<scalar_t>;
    using T = Kernel::T;
    run_kernel(Kernel{.width = given.width(),
                      .epsilon = static_cast<T>(given.epsilon),
                      .x = x.data_ptr<scalar_t>(),
                      .y = data_or_null<scalar_t>(given.y),
                      .weight = given.weight.data_ptr<T>(),
                      .sum = data_or_null<scalar_t>(made.sum),
                      .out = made.out.data_ptr<scalar_t>(),
                      .scale = data_or_null<T>(made.scale)},
               given.rows(), given.width());
  });
  return made;
}

class RmsNormalisation : public torch::autograd::Function<RmsNormalisation> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                        double epsilon) {
    const RmsNormed made = rms_normed({x, {}, weight, {}, epsilon}, /*keeps=*/true);
    context->save_for_backward({x, made.scale, weight});
    return made.out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const NormGradient gradient{.rows = saved[0],
                                .scale = saved[1],
                                .weight = saved[2],
                                .d_out = gradients[0].contiguous()};
    return {gradient.of_rms_norm(), Tensor(), Tensor()};
  }
};

class SumRmsNormalisation : public torch::autograd::Function<SumRmsNormalisation> {
 public:
  static variable_list forward(AutogradContext* context, const Tensor& x, const Tensor& y,
                               const Tensor& weight, double epsilon) {
    const RmsNormed made = rms_normed({x, y, weight, {}, epsilon}, /*keeps=*/true);
    context->set_materialize_grads(false);
    context->save_for_backward({made.sum, made.scale, weight});
    return {made.sum, made.out};
  }

  // One gradient for both, as in LayerNormalisation.
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    Tensor d_sum = gradients[0];
    if (d_sum.defined()) d_sum = d_sum.contiguous();
    if (gradients[1].defined()) {
      d_sum = NormGradient{saved[0], saved[1], saved[2], gradients[1].contiguous(), d_sum}
                  .of_rms_norm();
    }
    return {d_sum, d_sum, Tensor(), Tensor()};
  }
};

Tensor plain_rms_norm(const Tensor& x, const NormInputs& given) {
  return at::rms_norm(x, {given.width()}, given.weight.to(x.scalar_type()), given.epsilon);
}

}  // namespace

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
  const NormInputs given{x, {}, weight, {}, epsilon};
  given.check_shapes();
  if (!given.has_kernel()) return plain_rms_norm(x, given);
  const NormInputs read = given.for_kernel();
  if (!given.wants_gradient()) return rms_normed(read, /*keeps=*/false).out;
  return RmsNormalisation::apply(read.x, read.weight, epsilon);
}

SumAndNorm add_rms_norm(const at::Tensor& x, const at::Tensor& y, const at::Tensor& weight,
                        double epsilon) {
  const NormInputs given{x, y, weight, {}, epsilon};
  given.check_shapes();
  if (!given.has_kernel()) {
    const Tensor sum = x + y;
    return {sum, plain_rms_norm(sum, given)};
  }
  const NormInputs read = given.for_kernel();
  if (!given.wants_gradient()) {
    const RmsNormed made = rms_normed(read, /*keeps=*/false);
    return {made.sum, made.out};
  }
  const variable_list made = SumRmsNormalisation::apply(read.x, read.y, read.weight, epsilon);
  return {made[0], made[1]};
}

}  // namespace rankwise
