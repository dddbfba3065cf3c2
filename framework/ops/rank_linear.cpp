#include "framework/ops/rank_linear.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <optional>

namespace rankwise {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// The base product accumulates onto bias + h Bᵀ, so no pass adds or scales; of the inputs only h
// is kept for the backward, since W takes no gradient.
class Up : public torch::autograd::Function<Up> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& h, const Tensor& b,
                        const Tensor& weight, const std::optional<Tensor>& bias) {
    context->save_for_backward({h, b, weight});
    Tensor y = bias ? at::addmm(*bias, h, b.t()) : at::mm(h, b.t());
    return y.addmm_(x, weight.t());
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor& dy = gradients[0];
    Tensor dx;
    Tensor dh;
    Tensor db;
    if (context->needs_input_grad(0)) dx = dy.mm(saved[2]);
    if (context->needs_input_grad(1)) dh = dy.mm(saved[1]);
    if (context->needs_input_grad(2)) db = dy.t().mm(saved[0]);
    return {dx, dh, db, Tensor(), Tensor()};
  }
};

}  // namespace

at::Tensor down(const at::Tensor& x, const at::Tensor& a) { return x.matmul(a.t()); }

at::Tensor up(const at::Tensor& x, const at::Tensor& h, const at::Tensor& b,
              const FrozenLinear& frozen) {
  TORCH_CHECK(!frozen.weight.requires_grad(), "the frozen weight must not ask for a gradient");
  // An undefined tensor is no argument of an autograd function; nothing is.
  std::optional<Tensor> bias;
  if (frozen.bias.defined()) bias = frozen.bias;
  return Up::apply(x, h, b, frozen.weight, bias);
}

}  // namespace rankwise
