#include "framework/ops/gelu.h"

#include "framework/core/switches.h"
#include "framework/ops/row_kernel.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <cmath>
#include <numbers>

namespace rankwise {

namespace {

const Switch gelu_switch("fused-gelu",
                         "GELU on the CPU by a kernel that keeps its derivative for the backward; "
                         "without: by LibTorch, which computes it anew");

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Of the standard normal distribution.
template <class T, int kBytes>
struct Normal {
  Vector<T, kBytes> cumulative, density;
};

template <class T>
constexpr T kDensityAtZero = static_cast<T>(0.5 * std::numbers::sqrt2 * std::numbers::inv_sqrtpi);

/// Φ(-a) = exp(-a²/2) t Q(t) with t = 1 / (1 + 0.34 a), a >= 0: the form of Hastings's
/// approximations (Abramowitz and Stegun, 1964, 7.1.26). Q, of degree 8, was fitted here to the
/// least relative error on [0, 13.3], 2.5e-8; computed in fp32 it is 4e-7 there. Behind, it is
/// zero.
template <int kBytes>
RANKWISE_INLINE Normal<float, kBytes> normal(const Vector<float, kBytes>& x) {
  using V = Vector<float, kBytes>;
  const V a = x < 0.0F ? -x : x;
  const V bell = exponential<kBytes>(V(-0.5F * x * x));
  const V t = 1.0F / (1.0F + 0.34F * a);
  V q = t * -2.647184953e-02F + 1.411499232e-01F;
  q = q * t - 2.764137983e-01F;
  q = q * t + 2.057772726e-01F;
  q = q * t - 4.708445072e-02F;
  q = q * t + 1.163141206e-01F;
  q = q * t + 1.149675623e-01F;
  q = q * t + 1.361423731e-01F;
  q = q * t + 1.356188506e-01F;
  const V tail = q * t * bell;
  return {x < 0.0F ? tail : 1.0F - tail, bell * kDensityAtZero<float>};
}

template <int kBytes>
RANKWISE_INLINE Normal<double, kBytes> normal(const Vector<double, kBytes>& x) {
  using V = Vector<double, kBytes>;
  V cumulative{};
  for (std::int64_t i = 0; i < lanes<double, kBytes>; ++i) {
    cumulative[i] = 0.5 * std::erfc(-x[i] / std::numbers::sqrt2);
  }
  return {cumulative, exponential<kBytes>(V(-0.5 * x * x)) * kDensityAtZero<double>};
}

template <class S>
struct GeluKernel {
  const S* x;
  S* y;
  S* derivative;  // null: not asked for

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    using T = ComputedIn<S>;
    using V = Vector<T, kBytes>;
    const auto step = [this](std::int64_t j, std::int64_t left, std::int64_t) RANKWISE_STEP {
      const V value = read<S, kBytes>(x + j, left);
      const Normal<T, kBytes> at = normal<kBytes>(value);
      write<S, kBytes>(y + j, left, V(value * at.cumulative));
      if (derivative == nullptr) return;
      write<S, kBytes>(derivative + j, left, V(at.cumulative + value * at.density));
    };
    for_each_vector<T, kBytes>(begin, end, step);
  }
};

/// `derivative` undefined: it is not computed.
Tensor gelu_of(const Tensor& x, const Tensor& derivative) {
  const Tensor y = at::empty_like(x);
  AT_DISPATCH_FLOATING_TYPES_AND(torch::kBFloat16, x.scalar_type(), "gelu", [&] {
    run_kernel(GeluKernel<scalar_t>{x.data_ptr<scalar_t>(), y.data_ptr<scalar_t>(),
                                    data_or_null<scalar_t>(derivative)},
               x.numel());
  });
  return y;
}

class Gelu : public torch::autograd::Function<Gelu> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x) {
    const Tensor derivative = at::empty_like(x);
    context->save_for_backward({derivative});
    return gelu_of(x, derivative);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    return {gradients[0] * context->get_saved_variables()[0]};
  }
};

}  // namespace

at::Tensor gelu(const at::Tensor& x) {
  if (!gelu_switch || !has_row_kernel(x)) return at::gelu(x);
  const Tensor rows = x.contiguous();
  const bool keeps = torch::GradMode::is_enabled() && x.requires_grad();
  return keeps ? Gelu::apply(rows) : gelu_of(rows, Tensor());
}

}  // namespace rankwise
