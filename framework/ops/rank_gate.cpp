#include "framework/ops/rank_gate.h"

#include "framework/core/switches.h"
#include "framework/ops/determinism.h"
#include "framework/ops/device_kernels.h"
#include "framework/ops/precision.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

namespace rankwise {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

device::Chosen chosen_by_rows(const Tensor& chosen, const Tensor& weight) {
  return {.k = chosen.size(1),
          .ranks = chosen.const_data_ptr<std::int64_t>(),
          .weight = data_of(weight),
          .weights = stored_as(weight)};
}

class RankGate : public torch::autograd::Function<RankGate> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& z, const Tensor& chosen,
                        const Tensor& weight) {
    context->save_for_backward({z, chosen, weight});
    const Tensor h = at::empty(z.sizes(), z.options());
    const DeviceKernels& device = *device_kernels(z);
    device.kernels.rank_gate({.shape = shape_of(z),
                              .chosen = chosen_by_rows(chosen, weight),
                              .z = rows_in(z),
                              .h = rows_out(h)},
                             device.stream(z));
    return h;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &z = saved[0], &chosen = saved[1], &weight = saved[2];
    const Tensor d_h = as_rows(gradients[0]);
    Tensor d_z, d_weight;
    if (context->needs_input_grad(0)) d_z = at::empty(z.sizes(), z.options());
    if (context->needs_input_grad(2)) d_weight = at::empty(weight.sizes(), weight.options());
    const DeviceKernels& device = *device_kernels(z);
    device.kernels.rank_gate_gradient(
        {.shape = shape_of(z),
         .chosen = chosen_by_rows(chosen, weight),
         .z = rows_in(z),
         .d_h = rows_in(d_h),
         .d_z = rows_out(d_z),
         .d_weight = d_weight.defined() ? d_weight.data_ptr() : nullptr},
        device.stream(z));
    return {d_z, Tensor(), d_weight};
  }
};

}  // namespace

Tensor gated_ranks(const Tensor& z, const Tensor& chosen, const Tensor& weight) {
  if (device_kernels(z) == nullptr) {
    const DistinctPlaces distinct;
    return z * at::zeros_like(z, z.options()).scatter(1, chosen, weight.to(z.scalar_type()));
  }
  const bool known = weight.scalar_type() == z.scalar_type() ||
                     weight.scalar_type() == computed_in(z.scalar_type());
  const Tensor read = known ? weight : weight.to(computed_in(z.scalar_type()));
  return RankGate::apply(as_rows(z), chosen.contiguous(), read.contiguous());
}

}  // namespace rankwise
