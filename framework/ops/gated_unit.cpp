#include "framework/ops/gated_unit.h"

#include "framework/core/error.h"
#include "framework/core/switches.h"
#include "framework/ops/row_kernel.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <numbers>

namespace rankwise {

namespace {

const Switch gates_switch("fused-gates",
                          "activation and product of gated units on the CPU in one pass; without: "
                          "by LibTorch, one after the other");

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Activations of the form x sigmoid(u(x)).

struct Silu {
  template <class V>
  RANKWISE_INLINE static V argument(const V& x) {
    return x;
  }
  template <class V>
  RANKWISE_INLINE static V slope(const V& /*x*/) {
    return V{} + 1;
  }
  static Tensor plain(const Tensor& x) { return at::silu(x); }
};

// (1 + tanh(v)) / 2 = sigmoid(2 v).
struct GeluTanh {
  static constexpr double kFactor = 2 * std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
  static constexpr double kCubic = 0.044715;

  template <class V, class T = std::remove_cvref_t<decltype(V{}[0])>>
  RANKWISE_INLINE static V argument(const V& x) {
    return T(kFactor) * (x + T(kCubic) * x * x * x);
  }
  template <class V, class T = std::remove_cvref_t<decltype(V{}[0])>>
  RANKWISE_INLINE static V slope(const V& x) {
    return T(kFactor) + T(3 * kFactor * kCubic) * x * x;
  }
  static Tensor plain(const Tensor& x) { return at::gelu(x, "tanh"); }
};

template <class T, int kBytes>
struct Sigmoid {
  RANKWISE_INLINE explicit Sigmoid(const Vector<T, kBytes>& u) {
    using V = Vector<T, kBytes>;
    const V e = exponential<kBytes>(V(u < 0 ? u : -u));
    const V larger = 1 / (1 + e);
    value = u < 0 ? e * larger : larger;
    slope = e * larger * larger;
  }

  Vector<T, kBytes> value, slope;
};

template <class S, class Activation>
struct GateKernel {
  const S *gate, *up;
  S* y;

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    using T = ComputedIn<S>;
    using V = Vector<T, kBytes>;
    const auto step = [this](std::int64_t j, std::int64_t left, std::int64_t) RANKWISE_STEP {
      const V x = read<S, kBytes>(gate + j, left);
      const Sigmoid<T, kBytes> sigmoid(Activation::argument(x));
      write<S, kBytes>(y + j, left, V(x * sigmoid.value * read<S, kBytes>(up + j, left)));
    };
    for_each_vector<T, kBytes>(begin, end, step);
  }
};

template <class S, class Activation>
struct GateGradientKernel {
  const S *gate, *up, *d_y;
  S *d_gate, *d_up;

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    using T = ComputedIn<S>;
    using V = Vector<T, kBytes>;
    const auto step = [this](std::int64_t j, std::int64_t left, std::int64_t) RANKWISE_STEP {
      const V x = read<S, kBytes>(gate + j, left), d = read<S, kBytes>(d_y + j, left);
      const Sigmoid<T, kBytes> sigmoid(Activation::argument(x));
      const V derivative = sigmoid.value + x * sigmoid.slope * Activation::slope(x);
      write<S, kBytes>(d_up + j, left, V(d * (x * sigmoid.value)));
      write<S, kBytes>(d_gate + j, left, V(d * read<S, kBytes>(up + j, left) * derivative));
    };
    for_each_vector<T, kBytes>(begin, end, step);
  }
};

template <class Activation>
class GatedUnitOf : public torch::autograd::Function<GatedUnitOf<Activation>> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& gate, const Tensor& up) {
    const Tensor y = at::empty_like(gate);
    AT_DISPATCH_FLOATING_TYPES_AND(torch::kBFloat16, gate.scalar_type(), "gated_unit", [&] {
      run_kernel(GateKernel<scalar_t, Activation>{gate.data_ptr<scalar_t>(),
                                                  up.data_ptr<scalar_t>(), y.data_ptr<scalar_t>()},
                 gate.numel());
    });
    context->save_for_backward({gate, up});
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor &gate = saved[0], &up = saved[1];
    const Tensor d_y = gradients[0].contiguous();
    const Tensor d_gate = at::empty_like(gate), d_up = at::empty_like(up);
    AT_DISPATCH_FLOATING_TYPES_AND(torch::kBFloat16, gate.scalar_type(), "gated_unit", [&] {
      run_kernel(
          GateGradientKernel<scalar_t, Activation>{
              gate.data_ptr<scalar_t>(), up.data_ptr<scalar_t>(), d_y.data_ptr<scalar_t>(),
              d_gate.data_ptr<scalar_t>(), d_up.data_ptr<scalar_t>()},
          gate.numel());
    });
    return {d_gate, d_up};
  }
};

template <class Activation>
Tensor gated(const Tensor& gate, const Tensor& up) {
  check(gate.sizes() == up.sizes(), "gated unit: gate and values must be of one shape");
  const bool alike = gate.scalar_type() == up.scalar_type() && up.is_cpu();
  if (!gates_switch || !has_row_kernel(gate) || !alike) return Activation::plain(gate) * up;
  return GatedUnitOf<Activation>::apply(gate.contiguous(), up.contiguous());
}

}  // namespace

at::Tensor gated_silu(const at::Tensor& gate, const at::Tensor& up) {
  return gated<Silu>(gate, up);
}

at::Tensor gated_gelu_tanh(const at::Tensor& gate, const at::Tensor& up) {
  return gated<GeluTanh>(gate, up);
}

}  // namespace rankwise
