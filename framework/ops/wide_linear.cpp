#include "framework/ops/wide_linear.h"

#include "framework/ops/narrow_product.h"
#include "framework/ops/optional_tensor.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <numeric>
#include <optional>
#include <utility>

namespace rankwise {

namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Within its life views are plain tensors, and what is written through them counts as no change:
// the rows that wide_down() keeps and wide_up() completes are one buffer.
using Plainly = at::AutoDispatchBelowADInplaceOrView;

std::int64_t total_of(const std::vector<std::int64_t>& numbers, std::size_t count) {
  return std::accumulate(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(count),
                         std::int64_t{0});
}

// Matrix units read 16 bytes at a time.
std::int64_t rounded_up(std::int64_t columns) {
  constexpr std::int64_t kMultiple = 8;
  return (columns + kMultiple - 1) / kMultiple * kMultiple;
}

std::vector<Tensor> columns_of(const Tensor& all, const std::vector<Tensor>& like) {
  std::vector<Tensor> parts;
  std::int64_t first = 0;
  for (const Tensor& one : like) {
    parts.push_back(all.narrow(1, first, one.size(0)));
    first += one.size(0);
  }
  return parts;
}

class WideDown : public torch::autograd::Function<WideDown> {
 public:
  // -> z_i, the rows' buffer, the joint. The joint has the shape of x and no memory of its own:
  // what comes back through it is the gradient of x through W.
  static variable_list forward(AutogradContext* context, const Tensor& x, at::TensorList a,
                               std::int64_t width) {
    const Plainly plainly;
    const std::int64_t in = x.size(1);
    const Tensor buffer = at::empty({x.size(0), width}, x.options());
    const Tensor rows = buffer.narrow(1, 0, in);
    rows.copy_(x);
    const std::vector<Tensor> factors = a.vec();
    const Tensor stacked = factors.size() == 1 ? factors.front() : at::cat(factors);
    variable_list made = columns_of(scores_of(rows, stacked), factors);
    context->save_for_backward({rows, stacked});
    context->saved_data["ranks"] = ranks_of(factors);
    context->set_materialize_grads(false);
    made.push_back(buffer);
    context->mark_non_differentiable({buffer});
    made.push_back(at::empty({1, 1}, x.options()).expand({x.size(0), in}));
    return made;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &rows = saved[0], &stacked = saved[1];
    const std::vector<std::int64_t> ranks = context->saved_data["ranks"].toIntVector();
    const Tensor dz = joined(gradients, ranks, rows);
    variable_list found(2 + ranks.size());
    if (context->needs_input_grad(0)) {
      found[0] = gradient_of_rows(gradients.back(), dz, stacked.to(rows.scalar_type()));
    }
    if (dz.defined() && any_trained(*context, ranks.size())) {
      const Tensor d_stacked = product_in(stacked.scalar_type(), dz.t(), rows);
      std::int64_t first = 0;
      for (std::size_t i = 0; i < ranks.size(); ++i) {
        if (context->needs_input_grad(1 + i)) found[1 + i] = d_stacked.narrow(0, first, ranks[i]);
        first += ranks[i];
      }
    }
    return found;
  }

 private:
  static std::vector<std::int64_t> ranks_of(const std::vector<Tensor>& factors) {
    std::vector<std::int64_t> ranks;
    for (const Tensor& a : factors) ranks.push_back(a.size(0));
    return ranks;
  }

  static bool any_trained(const AutogradContext& context, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (context.needs_input_grad(1 + i)) return true;
    }
    return false;
  }

  // Side by side, in the rows' type; undefined where no z has a gradient.
  static Tensor joined(const variable_list& gradients, const std::vector<std::int64_t>& ranks,
                       const Tensor& rows) {
    std::vector<Tensor> parts;
    bool any = false;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      any = any || gradients[i].defined();
      parts.push_back(gradients[i].defined() ? gradients[i].to(rows.scalar_type())
                                             : at::zeros({rows.size(0), ranks[i]}, rows.options()));
    }
    if (!any) return {};
    return parts.size() == 1 ? parts.front() : at::cat(parts, 1);
  }

  // dy W, which nobody else reads, + dz A.
  static Tensor gradient_of_rows(const Tensor& through_w, const Tensor& dz, const Tensor& a) {
    if (!dz.defined()) return through_w;
    return through_w.defined() ? Tensor(through_w).addmm_(dz, a) : dz.mm(a);
  }
};

class WideUp : public torch::autograd::Function<WideUp> {
 public:
  static variable_list forward(AutogradContext* context, at::TensorList h, at::TensorList b,
                               const std::optional<Tensor>& joint, const Tensor& rows,
                               const WideWeight& wide) {
    const Plainly plainly;
    std::int64_t column = wide.in();
    for (const Tensor& part : h) {
      rows.narrow(1, column, part.size(1)).copy_(part);
      column += part.size(1);
    }
    if (column < wide.width()) rows.narrow(1, column, wide.width() - column).zero_();
    const Tensor y = at::linear(rows, wide.all(), if_defined(wide.bias()));
    variable_list made;
    variable_list saved{rows};
    for (std::int64_t i = 0; i < wide.count(); ++i) {
      made.push_back(y.narrow(1, wide.first_row(i), wide.out(i)));
      saved.push_back(wide.rows(i));
    }
    context->save_for_backward(saved);
    keep(*context, wide, joint.has_value());
    context->saved_data["h type"] = static_cast<std::int64_t>(h.front().scalar_type());
    context->saved_data["b type"] = static_cast<std::int64_t>(b.front().scalar_type());
    context->set_materialize_grads(false);
    return made;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Kept kept(*context);
    variable_list d_h, d_b;
    const Tensor d_rows = gradient_of(gradients, saved, kept);
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      if (kept.ranks[i] == 0) continue;
      const Tensor& dy = gradients[i];
      const std::int64_t column = kept.in + total_of(kept.ranks, i);
      if (!dy.defined()) {
        d_h.emplace_back();
        d_b.emplace_back();
        continue;
      }
      d_h.push_back(
          d_rows.narrow(1, kept.joined ? column : column - kept.in, kept.ranks[i]).to(kept.h_type));
      d_b.push_back(product_in(kept.b_type, dy.t(), saved[0].narrow(1, column, kept.ranks[i])));
    }
    variable_list found = std::move(d_h);
    found.insert(found.end(), d_b.begin(), d_b.end());
    found.push_back(kept.joined && d_rows.defined() ? d_rows.narrow(1, 0, kept.in) : Tensor());
    found.insert(found.end(), 2, Tensor());
    return found;
  }

 private:
  struct Kept {
    explicit Kept(AutogradContext& context)
        : in(context.saved_data["in"].toInt()),
          ranks(context.saved_data["ranks"].toIntVector()),
          joined(context.saved_data["joined"].toBool()),
          h_type(static_cast<torch::ScalarType>(context.saved_data["h type"].toInt())),
          b_type(static_cast<torch::ScalarType>(context.saved_data["b type"].toInt())) {}

    std::int64_t in;
    std::vector<std::int64_t> ranks;
    bool joined;
    torch::ScalarType h_type, b_type;
  };

  static void keep(AutogradContext& context, const WideWeight& wide, bool joined) {
    std::vector<std::int64_t> ranks;
    for (std::int64_t i = 0; i < wide.count(); ++i) ranks.push_back(wide.ranks(i));
    context.saved_data["in"] = wide.in();
    context.saved_data["ranks"] = ranks;
    context.saved_data["joined"] = joined;
  }

  // dy [W | B], summed over the linears; without a joint dy B alone, the ranks' columns.
  static Tensor gradient_of(const variable_list& gradients, const variable_list& saved,
                            const Kept& kept) {
    Tensor sum;
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      if (!gradients[i].defined()) continue;
      const Tensor& all = saved[1 + i];
      const Tensor factor = kept.joined ? all : all.narrow(1, kept.in, all.size(1) - kept.in);
      if (sum.defined()) {
        sum.addmm_(gradients[i], factor);
      } else {
        sum = gradients[i].mm(factor);
      }
    }
    return sum;
  }
};

}  // namespace

WideWeight::WideWeight(const std::vector<at::Tensor>& weights,
                       const std::vector<at::Tensor>& biases, std::vector<std::int64_t> ranks)
    : in_(weights.front().size(1)), ranks_(std::move(ranks)) {
  for (const Tensor& weight : weights) outs_.push_back(weight.size(0));
  const std::int64_t columns = in_ + total_of(ranks_, ranks_.size());
  all_ = at::zeros({total_of(outs_, outs_.size()), rounded_up(columns)},
                   weights.front().detach().options());
  for (std::int64_t i = 0; i < count(); ++i) weight(i).copy_(weights[i].detach());
  for (std::int64_t i = 0; i < count(); ++i) {
    if (!biases[i].defined()) continue;
    if (!bias_.defined()) bias_ = at::zeros({all_.size(0)}, all_.options());
    bias_.narrow(0, first_row(i), outs_[i]).copy_(biases[i].detach());
  }
}

std::int64_t WideWeight::first_row(std::int64_t i) const {
  return total_of(outs_, static_cast<std::size_t>(i));
}
std::int64_t WideWeight::first_column(std::int64_t i) const {
  return in_ + total_of(ranks_, static_cast<std::size_t>(i));
}
at::Tensor WideWeight::rows(std::int64_t i) const { return all_.narrow(0, first_row(i), outs_[i]); }
at::Tensor WideWeight::weight(std::int64_t i) const { return rows(i).narrow(1, 0, in_); }
at::Tensor WideWeight::b(std::int64_t i) const {
  return rows(i).narrow(1, first_column(i), ranks_[i]);
}

WideRanks wide_down(const at::Tensor& x, const std::vector<at::Tensor>& a, const WideWeight& wide) {
  variable_list made = WideDown::apply(x, at::TensorList(a), wide.width());
  const bool joins = at::GradMode::is_enabled() && x.requires_grad();
  const Tensor joint = joins ? made.back() : Tensor();
  made.pop_back();
  const Tensor rows = made.back();
  made.pop_back();
  return {std::move(made), rows, joint};
}

std::vector<at::Tensor> wide_up(const WideRanks& ranks, const std::vector<at::Tensor>& h,
                                const std::vector<at::Tensor>& b, const WideWeight& wide) {
  return WideUp::apply(at::TensorList(h), at::TensorList(b), if_defined(ranks.joint), ranks.rows,
                       wide);
}

}  // namespace rankwise
