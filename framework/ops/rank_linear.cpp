#include "framework/ops/rank_linear.h"

#include "framework/core/switches.h"
#include "framework/ops/product.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <optional>

namespace rankwise {

namespace {

const Switch down_switch("narrow-down",
                         "z = x Aᵀ keeps rows in bf16 for its backward; without: rows of A's type");
const Switch up_switch("one-up",
                       "y = x Wᵀ + bias + h Bᵀ as one op, without a pass that adds; without: as "
                       "autograd code");

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Rows in a narrower type than A's: they are widened for the product alone, and what is kept for
// the backward stays narrow.
class Down : public torch::autograd::Function<Down> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& a) {
    context->save_for_backward({x, a});
    return x.to(a.scalar_type()).mm(a.t());
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &a = saved[1];
    const Tensor dz = gradients[0].to(x.scalar_type());
    Tensor dx;
    Tensor da;
    if (context->needs_input_grad(0)) dx = dz.mm(a.to(x.scalar_type()));
    if (context->needs_input_grad(1)) da = dz.t().mm(x).to(a.scalar_type());
    return {dx, da};
  }
};

// h Bᵀ accumulates onto the base product, so no pass adds or scales; of the inputs only h is kept
// for the backward, since W takes no gradient.
class Up : public torch::autograd::Function<Up> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& wide_h,
                        const Tensor& wide_b, const Tensor& weight,
                        const std::optional<Tensor>& bias) {
    const Tensor h = wide_h.to(weight.scalar_type()), b = wide_b.to(weight.scalar_type());
    context->save_for_backward({h, b, weight});
    context->saved_data["type"] = wide_b.scalar_type();
    return product(x, weight, bias.value_or(Tensor())).addmm_(h, b.t());
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const torch::ScalarType type = context->saved_data["type"].toScalarType();
    const Tensor& dy = gradients[0];
    Tensor dx;
    Tensor dh;
    Tensor db;
    if (context->needs_input_grad(0)) dx = product(dy, saved[2].t());
    if (context->needs_input_grad(1)) dh = dy.mm(saved[1]).to(type);
    if (context->needs_input_grad(2)) db = dy.t().mm(saved[0]).to(type);
    return {dx, dh, db, Tensor(), Tensor()};
  }
};

// A frozen linear alone.
class Base : public torch::autograd::Function<Base> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& weight,
                        const std::optional<Tensor>& bias) {
    context->save_for_backward({weight});
    return product(x, weight, bias.value_or(Tensor()));
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    return {product(gradients[0], context->get_saved_variables()[0].t()), Tensor(), Tensor()};
  }
};

std::optional<Tensor> if_defined(const Tensor& bias) {
  // An undefined tensor is no argument of an autograd function; nothing is.
  return bias.defined() ? std::optional(bias) : std::nullopt;
}

Tensor plain_up(const Tensor& x, const Tensor& h, const Tensor& b, const FrozenLinear& frozen) {
  const torch::ScalarType type = frozen.weight.scalar_type();
  return frozen(x) + at::linear(h.to(type), b.to(type));
}

}  // namespace

at::Tensor FrozenLinear::operator()(const at::Tensor& x) const {
  const Tensor rows = x.to(weight.scalar_type());
  const bool trained = weight.requires_grad() || (bias.defined() && bias.requires_grad());
  return trained ? at::linear(rows, weight, bias) : Base::apply(rows, weight, if_defined(bias));
}

at::Tensor down(const at::Tensor& x, const at::Tensor& a, const at::Tensor& bias) {
  if (x.scalar_type() == a.scalar_type()) return at::linear(x, a, bias);
  const Tensor z = down_switch ? Down::apply(x, a) : at::linear(x.to(a.scalar_type()), a);
  return bias.defined() ? z + bias : z;
}

at::Tensor up(const at::Tensor& x, const at::Tensor& h, const at::Tensor& b,
              const FrozenLinear& frozen) {
  TORCH_CHECK(!frozen.weight.requires_grad(), "the frozen weight must not ask for a gradient");
  if (!up_switch) return plain_up(x, h, b, frozen);
  return Up::apply(x, h, b, frozen.weight, if_defined(frozen.bias));
}

}  // namespace rankwise
