#include "framework/ops/gelu.h"

#include "framework/core/switches.h"
#include "framework/ops/activations.h"
#include "framework/ops/device_kernels.h"
#include "framework/ops/row_kernel.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <cmath>
#include <numbers>

namespace rankwise {

namespace {

const Switch gelu_switch(
    "fused-gelu",
    "GELU by a kernel, which on the CPU keeps its derivative for the backward; "
    "without: by LibTorch, which computes it anew");

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// Of the standard normal distribution.
template <class T, int kBytes>
struct Normal {
  Vector<T, kBytes> cumulative, density;
};

/// Behind 13.3 the tail is zero.
template <int kBytes>
RANKWISE_INLINE Normal<float, kBytes> normal(const Vector<float, kBytes>& x) {
  using V = Vector<float, kBytes>;
  const V a = x < 0.0F ? -x : x;
  const V bell = exponential<kBytes>(V(-0.5F * x * x));
  const V tail = normal_tail(V(1.0F / (1.0F + kTailSlope * a))) * bell;
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

Tensor gelu_on(const DeviceKernels& device, const Tensor& x) {
  const Tensor y = at::empty_like(x);
  device.kernels.gelu({.shape = shape_of(x), .x = rows_in(x), .y = rows_out(y)}, device.stream(x));
  return y;
}

/// Where memory is what a pass waits for, the derivative is computed anew.
class GeluOnDevice : public torch::autograd::Function<GeluOnDevice> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x) {
    context->save_for_backward({x});
    return gelu_on(*device_kernels(x), x);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const Tensor x = context->get_saved_variables()[0], d_y = gradients[0].contiguous();
    const Tensor d_x = at::empty_like(x);
    const DeviceKernels& device = *device_kernels(x);
    device.kernels.gelu_gradient(
        {.shape = shape_of(x), .x = rows_in(x), .d_y = rows_in(d_y), .d_x = rows_out(d_x)},
        device.stream(x));
    return {d_x};
  }
};

}  // namespace

at::Tensor gelu(const at::Tensor& x) {
  const DeviceKernels* device = device_kernels(x);
  if (!gelu_switch || (device == nullptr && !has_row_kernel(x))) return at::gelu(x);
  const Tensor rows = x.contiguous();
  const bool keeps = torch::GradMode::is_enabled() && x.requires_grad();
  if (device != nullptr) return keeps ? GeluOnDevice::apply(rows) : gelu_on(*device, rows);
  return keeps ? Gelu::apply(rows) : gelu_of(rows, Tensor());
}

}  // namespace rankwise
