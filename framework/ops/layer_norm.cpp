#include "framework/ops/device_kernels.h"
#include "framework/ops/layer_norm_kernel.h"
#include "framework/ops/norm_gradient.h"
#include "framework/ops/norm_inputs.h"
#include "framework/ops/norms.h"
#include "framework/ops/optional_tensor.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <optional>

namespace rankwise {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

struct LayerNormed {
  Tensor out;
  Tensor normalised, scale;  // kept for the backward, else undefined
};

LayerNormed layer_normed(const NormInputs& given, bool keeps) {
  const Tensor& x = given.x;
  const LayerNormed made{at::empty_like(x), keeps ? at::empty_like(x) : Tensor(),
                         given.kept_of_rows(keeps)};
  if (const DeviceKernels* on_device = device_kernels(x)) {
    device::Norm norm = given.on_device();
    norm.out = rows_out(made.out);
    norm.normalised = rows_out(made.normalised);
    norm.scale = made.scale.defined() ? made.scale.data_ptr() : nullptr;
    on_device->kernels.layer_norm(norm, on_device->stream(x));
    return made;
  }
  AT_DISPATCH_FLOATING_TYPES_AND(torch::kBFloat16, x.scalar_type(), "layer_norm", [&] {
    using Kernel = LayerNormKernel<scalar_t>;
    using T = Kernel::T;
    run_kernel(Kernel{.width = given.width(),
                      .epsilon = static_cast<T>(given.epsilon),
                      .x = x.data_ptr<scalar_t>(),
                      .y = data_or_null<scalar_t>(given.y),
                      .weight = given.weight.data_ptr<T>(),
                      .bias = given.bias.data_ptr<T>(),
                      .out = made.out.data_ptr<scalar_t>(),
                      .normalised = data_or_null<scalar_t>(made.normalised),
                      .scale = data_or_null<T>(made.scale)},
               given.rows(), given.width());
  });
  return made;
}

class LayerNormalisation : public torch::autograd::Function<LayerNormalisation> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const std::optional<Tensor>& y,
                        const Tensor& weight, const Tensor& bias, double epsilon) {
    const LayerNormed made =
        layer_normed({x, y.value_or(Tensor()), weight, bias, epsilon}, /*keeps=*/true);
    context->save_for_backward({made.normalised, made.scale, weight});
    context->saved_data["has_y"] = y.has_value();
    return made.out;
  }

  // x and y share one gradient, as those of a sum do: whoever adds to it in place asks first
  // whether it is the only owner.
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const NormGradient gradient{.rows = saved[0],
                                .scale = saved[1],
                                .weight = saved[2],
                                .d_out = gradients[0].contiguous()};
    const Tensor d_x = gradient.of_layer_norm();
    const Tensor d_y = context->saved_data["has_y"].toBool() ? d_x : Tensor();
    return {d_x, d_y, Tensor(), Tensor(), Tensor()};
  }
};

Tensor layer_norm_of(const NormInputs& given) {
  given.check_shapes();
  if (!given.has_kernel()) {
    const Tensor sum = given.y.defined() ? given.x + given.y : given.x;
    const torch::ScalarType type = sum.scalar_type();
    return at::layer_norm(sum, {given.width()}, given.weight.to(type), given.bias.to(type),
                          given.epsilon);
  }
  const NormInputs read = given.for_kernel();
  if (!given.wants_gradient()) return layer_normed(read, /*keeps=*/false).out;
  return LayerNormalisation::apply(read.x, if_defined(read.y), read.weight, read.bias,
                                   read.epsilon);
}

}  // namespace

at::Tensor layer_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                      double epsilon) {
  return layer_norm_of({x, {}, weight, bias, epsilon});
}

at::Tensor add_layer_norm(const at::Tensor& x, const at::Tensor& y, const at::Tensor& weight,
                          const at::Tensor& bias, double epsilon) {
  return layer_norm_of({x, y, weight, bias, epsilon});
}

}  // namespace rankwise
