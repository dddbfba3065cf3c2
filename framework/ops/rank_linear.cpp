#include "framework/ops/rank_linear.h"

#include "framework/core/switches.h"
#include "framework/ops/product.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <optional>

namespace rankwise {

namespace {

const Switch down_switch("narrow-down",
                         "z = x Aᵀ and its gradients by the products' kernel, of rows in bf16 "
                         "without copies that are kept; without: as autograd code");
const Switch up_switch("one-up",
                       "y = x Wᵀ + bias + h Bᵀ as one op, without a pass that adds; without: as "
                       "autograd code");
const Switch joint_switch("one-gradient",
                          "a row's gradient through A and through W as one product; without: as two "
                          "and a pass that adds");

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// z [N, R], in A's type.
Tensor ranks_of(const Tensor& x, const Tensor& a) { return product(x.to(a.scalar_type()), a); }

/// The gradient of A [R, in]: dzᵀ x. Of one with few rows all columns are made side by side.
Tensor gradient_of_a(const Tensor& dz, const Tensor& x, const Tensor& a) {
  return product(dz.t(), x.t()).to(a.scalar_type());
}

// Rows in a narrower type than A's are widened for the product alone, and what is kept for the
// backward stays narrow.
class Down : public torch::autograd::Function<Down> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& a) {
    context->save_for_backward({x, a});
    return ranks_of(x, a);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &a = saved[1];
    const Tensor dz = gradients[0].to(x.scalar_type());
    Tensor dx;
    Tensor da;
    if (context->needs_input_grad(0)) dx = product(dz, a.to(x.scalar_type()).t());
    if (context->needs_input_grad(1)) da = gradient_of_a(dz, x, a);
    return {dx, da};
  }
};

// The joint has the shape of y and no memory of its own: what comes back through it is y's
// gradient, which up() hands on as it is.
class JointDown : public torch::autograd::Function<JointDown> {
 public:
  static variable_list forward(AutogradContext* context, const Tensor& x, const Tensor& a,
                               const Tensor& weight) {
    context->save_for_backward({x, a, weight});
    context->set_materialize_grads(false);
    return {ranks_of(x, a), at::empty({1, 1}, x.options()).expand({x.size(0), weight.size(0)})};
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &a = saved[1];
    const Tensor dz = gradients[0].defined() ? gradients[0].to(x.scalar_type()) : Tensor();
    const Factor through_w{gradients[1], saved[2].t()}, through_a{dz, a.to(x.scalar_type()).t()};
    Tensor dx;
    Tensor da;
    if (context->needs_input_grad(0)) {
      if (gradients[1].defined()) dx = product(through_w, through_a);
      else if (dz.defined()) dx = product(through_a, Factor{});
    }
    if (context->needs_input_grad(1) && dz.defined()) da = gradient_of_a(dz, x, a);
    return {dx, da, Tensor()};
  }
};

// Of the inputs only h is kept for the backward, since W takes no gradient.
class Up : public torch::autograd::Function<Up> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& h, const Tensor& b,
                        const Tensor& weight, const std::optional<Tensor>& bias,
                        const std::optional<Tensor>& joint) {
    context->save_for_backward({h.to(x.scalar_type()), b, weight});
    context->saved_data["joined"] = joint.has_value();
    return product(Factor{x, weight}, Factor{h, b}, bias.value_or(Tensor()));
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &h = saved[0], &b = saved[1], &weight = saved[2], &dy = gradients[0];
    const bool joined = context->saved_data["joined"].toBool();
    Tensor dx;
    Tensor dh;
    Tensor db;
    if (context->needs_input_grad(0) && !joined) dx = product(dy, weight.t());
    if (context->needs_input_grad(1))
      dh = product(dy, b.to(dy.scalar_type()).t()).to(b.scalar_type());
    if (context->needs_input_grad(2)) db = product(h.t(), dy.t()).t().to(b.scalar_type());
    return {dx, dh, db, Tensor(), Tensor(), joined ? dy : Tensor()};
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

std::optional<Tensor> if_defined(const Tensor& tensor) {
  // An undefined tensor is no argument of an autograd function; nothing is.
  return tensor.defined() ? std::optional(tensor) : std::nullopt;
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
  if (!down_switch) return at::linear(x.to(a.scalar_type()), a, bias);
  const Tensor z = Down::apply(x, a);
  return bias.defined() ? z + bias : z;
}

JointRanks joint_down(const at::Tensor& x, const at::Tensor& a, const FrozenLinear& frozen) {
  const bool joins = joint_switch && down_switch && up_switch && at::GradMode::is_enabled() &&
                     x.requires_grad();
  if (!joins) return {down(x, a), Tensor()};
  const variable_list made = JointDown::apply(x, a, frozen.weight);
  return {made[0], made[1]};
}

at::Tensor up(const at::Tensor& x, const at::Tensor& h, const at::Tensor& b,
              const FrozenLinear& frozen, const at::Tensor& joint) {
  TORCH_CHECK(!frozen.weight.requires_grad(), "the frozen weight must not ask for a gradient");
  if (!up_switch) return plain_up(x, h, b, frozen);
  return Up::apply(x, h, b, frozen.weight, if_defined(frozen.bias), if_defined(joint));
}

}  // namespace rankwise
