#include "framework/ops/rank_linear.h"

#include "framework/core/switches.h"
#include "framework/data/upload.h"
#include "framework/ops/narrow_product.h"
#include "framework/ops/optional_tensor.h"
#include "framework/ops/product.h"
#include "framework/ops/rank_rows.h"

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
const Switch joint_switch(
    "one-gradient",
    "a row's gradient through A and through W as one product; without: as two "
    "and a pass that adds");

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// From so many ranks on it is worth looking for zeros.
constexpr std::int64_t kManyRanks = 16;

/// The ranks of each row whose number is not zero, where they are few: `chosen` [N, k] or those
/// found in `values` [N, R]. Without ranks: all of them.
RankValues few_ranks(const std::optional<Tensor>& chosen, const Tensor& values) {
  if (chosen) return {*chosen, values};
  return values.size(1) < kManyRanks ? RankValues{} : few_of(values);
}

/// [R, d]: the sum over rows of each rank's number times x. Of few ranks all columns of x are read
/// side by side. Of narrow rows wide sums, where there is a product for them.
Tensor collected(const RankValues& few, const Tensor& values, const Tensor& x, std::int64_t ranks) {
  if (few.ranks.defined()) return collect_ranks(few, x, ranks);
  if (is_accelerator(x.device())) {
    return product_in(values.scalar_type(), values.to(x.scalar_type()).t(), x);
  }
  return product((mixes(x, values) ? values : values.to(x.scalar_type())).t(), x.t());
}

/// rows matrixᵀ in the matrix's type, without a wide copy of narrow rows where there is a product
/// for them.
Tensor scored(const Tensor& rows, const Tensor& matrix) {
  if (is_accelerator(rows.device())) return scores_of(rows, matrix);
  return product(mixes(rows, matrix) ? rows : rows.to(matrix.scalar_type()), matrix);
}

// What is kept of rows in a narrower type than A's stays narrow. The joint has the shape of y and
// no memory of its own: what comes back through it is y's gradient, which up() hands on as it is.
class Down : public torch::autograd::Function<Down> {
 public:
  static variable_list forward(AutogradContext* context, const Tensor& x, const Tensor& a,
                               const std::optional<Tensor>& chosen,
                               const std::optional<Tensor>& joined_weight) {
    const Tensor weight = joined_weight.value_or(Tensor());
    context->save_for_backward({x, a, chosen.value_or(Tensor()), weight});
    context->set_materialize_grads(false);
    const Tensor z = chosen ? rank_dots(x, a, *chosen) : scored(x, a);
    if (!weight.defined()) return {z};
    return {z, at::empty({1, 1}, x.options()).expand({x.size(0), weight.size(0)})};
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &x = saved[0], &a = saved[1];
    const Tensor dz = gradients[0].defined() ? gradients[0].to(x.scalar_type()) : Tensor();
    const RankValues few = dz.defined() ? few_ranks(if_defined(saved[2]), dz) : RankValues{};
    Tensor dx;
    Tensor da;
    if (context->needs_input_grad(0)) {
      const Factor through_w = gradients.size() > 1 && gradients[1].defined()
                                   ? Factor{gradients[1], saved[3].t()}
                                   : Factor{};
      dx = gradient_of_rows(through_w, dz, few, a.to(x.scalar_type()));
    }
    if (context->needs_input_grad(1) && dz.defined())
      da = collected(few, gradients[0], x, a.size(0)).to(a.scalar_type());
    return {dx, da, Tensor(), Tensor()};
  }

 private:
  // dy W + dz A; without either factor that one is left out.
  static Tensor gradient_of_rows(const Factor& through_w, const Tensor& dz, const RankValues& few,
                                 const Tensor& a) {
    const Factor through_a{few.ranks.defined() ? Tensor() : dz, a.t()};
    Tensor dx;
    if (through_w.left.defined()) {
      dx = product(through_w, through_a);
    } else if (through_a.left.defined()) {
      dx = product(through_a, Factor{});
    } else if (dz.defined()) {
      dx = at::zeros({dz.size(0), a.size(1)}, dz.options());
    }
    if (few.ranks.defined()) spread_ranks(few, a, dx);
    return dx;
  }
};

// Of the inputs only h is kept for the backward, since W takes no gradient.
class Up : public torch::autograd::Function<Up> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& wide_h,
                        const Tensor& b, const FrozenLinear& frozen,
                        const std::optional<Tensor>& chosen, const std::optional<Tensor>& joint) {
    const Tensor h = wide_h.to(x.scalar_type());
    const RankValues few = few_ranks(chosen, h);
    context->saved_data["chosen"] = chosen.has_value();
    context->saved_data["joined"] = joint.has_value();
    context->save_for_backward(
        {h, b, frozen.weight, few.ranks, few.ranks.defined() ? few.values : Tensor(), few.starts});
    if (!few.ranks.defined()) {
      return product(Factor{x, frozen.weight}, Factor{h, b}, frozen.bias);
    }
    Tensor y = product(x, frozen.weight, frozen.bias);
    spread_ranks(few, b.t(), y);
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &h = saved[0], &b = saved[1], &dy = gradients[0];
    const RankValues few{saved[3], saved[4], saved[5]};
    const bool joined = context->saved_data["joined"].toBool();
    Tensor dx;
    Tensor dh;
    Tensor db;
    if (context->needs_input_grad(0) && !joined) dx = product(dy, saved[2].t());
    if (context->needs_input_grad(1)) {
      const Tensor columns = mixes(dy, b) ? b.t() : b.to(dy.scalar_type()).t();  // [R, out]
      dh = context->saved_data["chosen"].toBool() ? rank_dots(dy, columns, few.ranks)
                                                  : product(dy, columns).to(b.scalar_type());
    }
    if (context->needs_input_grad(2)) {
      const torch::ScalarType type = b.scalar_type();
      db = collected(few, mixes(dy, b) ? h.to(type) : h, dy, b.size(1)).t().to(type);
    }
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
  const Tensor z = Down::apply(x, a, std::nullopt, std::nullopt)[0];
  return bias.defined() ? z + bias : z;
}

JointRanks joint_down(const at::Tensor& x, const at::Tensor& a, const FrozenLinear& frozen,
                      const at::Tensor& chosen) {
  const bool joins =
      joint_switch && down_switch && up_switch && at::GradMode::is_enabled() && x.requires_grad();
  if (!joins && !chosen.defined()) return {down(x, a), Tensor()};
  const variable_list made =
      Down::apply(x, a, if_defined(chosen), joins ? std::optional(frozen.weight) : std::nullopt);
  return {made[0], joins ? made[1] : Tensor()};
}

at::Tensor chosen_down(const at::Tensor& x, const at::Tensor& a, const at::Tensor& chosen) {
  return Down::apply(x, a, chosen, std::nullopt)[0];
}

at::Tensor up(const at::Tensor& x, const at::Tensor& h, const at::Tensor& b,
              const FrozenLinear& frozen, const UpForm& form) {
  TORCH_CHECK(!frozen.weight.requires_grad(), "the frozen weight must not ask for a gradient");
  if (!up_switch && !form.chosen.defined()) return plain_up(x, h, b, frozen);
  return Up::apply(x, h, b, frozen, if_defined(form.chosen), if_defined(form.joint));
}

}  // namespace rankwise
