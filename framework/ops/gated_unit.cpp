#include "framework/ops/gated_unit.h"

#include "framework/core/error.h"
#include "framework/core/switches.h"
#include "framework/ops/activations.h"
#include "framework/ops/device_kernels.h"
#include "framework/ops/row_kernel.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

namespace rankwise {

namespace {

const Switch gates_switch("fused-gates",
                          "activation and product of gated units in one pass; without: "
                          "by LibTorch, one after the other");

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// By LibTorch.
Tensor plain(Silu /*form*/, const Tensor& x) { return at::silu(x); }
Tensor plain(GeluTanh /*form*/, const Tensor& x) { return at::gelu(x, "tanh"); }

device::Activation on_device(Silu /*form*/) { return device::Activation::kSilu; }
device::Activation on_device(GeluTanh /*form*/) { return device::Activation::kGeluTanh; }

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
      const Sigmoid<T, kBytes> sigmoid(Activation::template argument<T>(x));
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
      const Sigmoid<T, kBytes> sigmoid(Activation::template argument<T>(x));
      const V derivative = sigmoid.value + x * sigmoid.slope * Activation::template slope<T>(x);
      write<S, kBytes>(d_up + j, left, V(d * (x * sigmoid.value)));
      write<S, kBytes>(d_gate + j, left, V(d * read<S, kBytes>(up + j, left) * derivative));
    };
    for_each_vector<T, kBytes>(begin, end, step);
  }
};

template <class Activation>
Tensor gated_rows(const Tensor& gate, const Tensor& up) {
  const Tensor y = at::empty(gate.sizes(), gate.options());
  if (const DeviceKernels* kernels = device_kernels(gate)) {
    kernels->kernels.gated_unit({.shape = shape_of(gate),
                                 .activation = on_device(Activation()),
                                 .gate = rows_in(gate),
                                 .up = rows_in(up),
                                 .y = rows_out(y)},
                                kernels->stream(gate));
    return y;
  }
  AT_DISPATCH_FLOATING_TYPES_AND(torch::kBFloat16, gate.scalar_type(), "gated_unit", [&] {
    run_kernel(GateKernel<scalar_t, Activation>{gate.data_ptr<scalar_t>(), up.data_ptr<scalar_t>(),
                                                y.data_ptr<scalar_t>()},
               gate.numel());
  });
  return y;
}

struct GatedGradient {
  Tensor d_gate, d_up;
};

/// On a device into the place of rows that only the graph holds, which has no more use for them:
/// one tensor of a backward's largest, less. A backward run again says that they were changed.
Tensor place_of_gradient(const Tensor& saved) {
  constexpr std::size_t kOfTheGraph = 2;  // the graph, and the list that it was unpacked to
  const bool is_view = saved.unsafeGetTensorImpl()->storage().use_count() > 1;
  if (saved.is_leaf() || is_view || saved.use_count() > kOfTheGraph) return at::empty_like(saved);
  saved.unsafeGetTensorImpl()->bump_version();
  return saved.detach();
}

template <class Activation>
GatedGradient gated_gradient(const Tensor& gate, const Tensor& up, const Tensor& d_y) {
  if (const DeviceKernels* kernels = device_kernels(gate)) {
    const GatedGradient made{place_of_gradient(gate), place_of_gradient(up)};
    kernels->kernels.gated_unit_gradient({.shape = shape_of(gate),
                                          .activation = on_device(Activation()),
                                          .gate = rows_in(gate),
                                          .up = rows_in(up),
                                          .d_y = rows_in(d_y),
                                          .d_gate = rows_out(made.d_gate),
                                          .d_up = rows_out(made.d_up)},
                                         kernels->stream(gate));
    return made;
  }
  const GatedGradient made{at::empty_like(gate), at::empty_like(up)};
  AT_DISPATCH_FLOATING_TYPES_AND(torch::kBFloat16, gate.scalar_type(), "gated_unit", [&] {
    run_kernel(
        GateGradientKernel<scalar_t, Activation>{
            gate.data_ptr<scalar_t>(), up.data_ptr<scalar_t>(), d_y.data_ptr<scalar_t>(),
            made.d_gate.data_ptr<scalar_t>(), made.d_up.data_ptr<scalar_t>()},
        gate.numel());
  });
  return made;
}

template <class Activation>
class GatedUnitOf : public torch::autograd::Function<GatedUnitOf<Activation>> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& gate, const Tensor& up) {
    context->save_for_backward({gate, up});
    return gated_rows<Activation>(gate, up);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const GatedGradient made =
        gated_gradient<Activation>(saved[0], saved[1], gradients[0].contiguous());
    return {made.d_gate, made.d_up};
  }
};

template <class Activation>
Tensor gated(const Tensor& gate, const Tensor& up) {
  check(gate.sizes() == up.sizes(), "gated unit: gate and values must be of one shape");
  const bool alike = gate.scalar_type() == up.scalar_type() && up.device() == gate.device();
  const bool known = device_kernels(gate) != nullptr || has_row_kernel(gate);
  if (!gates_switch || !known || !alike) return plain(Activation(), gate) * up;
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
