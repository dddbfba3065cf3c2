#include "framework/ops/rotary.h"

#include "framework/core/error.h"
#include "framework/core/switches.h"
#include "framework/data/upload.h"
#include "framework/ops/device_kernels.h"
#include "framework/ops/row_kernel.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace rankwise {

namespace {

const Switch rotary_switch("fused-rotary",
                           "rotation by positions in one pass; without: by LibTorch, a "
                           "pass for every product and sum");

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

double scaled(double frequency, const Llama3Scaling& scaling) {
  const double wavelength = 2 * std::numbers::pi / frequency;
  const auto original = static_cast<double>(scaling.original);
  if (wavelength < original / scaling.high) return frequency;
  if (wavelength > original / scaling.low) return frequency / scaling.factor;
  const double kept = (original / wavelength - scaling.low) / (scaling.high - scaling.low);
  return (1 - kept) * frequency / scaling.factor + kept * frequency;
}

// In the table's type, which may be wider than the rows'.
Tensor plainly_turned(const Tensor& x, const Tensor& cosine, const Tensor& sine) {
  const Tensor pairs = x.view({x.size(0), -1, 2, cosine.size(2)});
  const Tensor first = pairs.select(2, 0), second = pairs.select(2, 1);
  return at::stack({first * cosine - second * sine, second * cosine + first * sine}, 2)
      .view(x.sizes())
      .to(x.scalar_type());
}

template <class S>
struct RotaryKernel {
  using T = ComputedIn<S>;

  std::int64_t width, half;  // of a row; of a head, as many as a row of the table has
  const S* x;
  const T *cosine, *sine;
  T direction;  // -1: back
  S* y;

  template <int kBytes>
  RANKWISE_INLINE void over(std::int64_t begin, std::int64_t end) const {
    using V = Vector<T, kBytes>;
    for (std::int64_t i = begin; i < end; ++i) {
      const auto step = [&](std::int64_t j, std::int64_t left, std::int64_t) RANKWISE_STEP {
        const V c = read<T, kBytes>(cosine + i * half + j, left);
        const V s = read<T, kBytes>(sine + i * half + j, left) * direction;
        for (std::int64_t head = 0; head < width; head += 2 * half) {
          const std::int64_t at = i * width + head + j;
          const V first = read<S, kBytes>(x + at, left);
          const V second = read<S, kBytes>(x + at + half, left);
          write<S, kBytes>(y + at, left, V(first * c - second * s));
          write<S, kBytes>(y + at + half, left, V(second * c + first * s));
        }
      };
      for_each_vector<T, kBytes>(0, half, step);
    }
  }
};

bool has_rotary_kernel(const Tensor& x, const Tensor& cosine) {
  const bool known = device_kernels(x) != nullptr || has_row_kernel(x);
  return rotary_switch && known && cosine.device() == x.device() &&
         cosine.scalar_type() == computed_in(x.scalar_type());
}

void turn_on(const DeviceKernels& device, const RotaryTable& table, bool back, const Tensor& x,
             const Tensor& y) {
  device.kernels.rotate({.shape = shape_of(x),
                         .half = table.cosine.size(2),
                         .cosine = data_of(table.cosine),
                         .sine = data_of(table.sine),
                         .back = back,
                         .x = rows_in(x),
                         .y = rows_out(y)},
                        device.stream(x));
}

/// By the table's angles, or back by them.
Tensor turned(const Tensor& x, const RotaryTable& table, bool back) {
  const Tensor &cosine = table.cosine, &sine = table.sine;
  if (!has_rotary_kernel(x, cosine)) return plainly_turned(x, cosine, back ? -sine : sine);
  const Tensor y = at::empty_like(x);
  if (const DeviceKernels* device = device_kernels(x)) {
    turn_on(*device, table, back, x, y);
    return y;
  }
  AT_DISPATCH_FLOATING_TYPES_AND(torch::kBFloat16, x.scalar_type(), "rotate", [&] {
    using T = RotaryKernel<scalar_t>::T;
    run_kernel(RotaryKernel<scalar_t>{.width = x.size(1),
                                      .half = cosine.size(2),
                                      .x = x.data_ptr<scalar_t>(),
                                      .cosine = cosine.data_ptr<T>(),
                                      .sine = sine.data_ptr<T>(),
                                      .direction = back ? T(-1) : T(1),
                                      .y = y.data_ptr<scalar_t>()},
               x.size(0), x.size(1));
  });
  return y;
}

class Rotation : public torch::autograd::Function<Rotation> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& cosine,
                        const Tensor& sine) {
    context->save_for_backward({cosine, sine});
    return turned(x.contiguous(), {cosine, sine}, /*back=*/false);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const RotaryTable table{saved[0], saved[1]};
    return {turned(gradients[0].contiguous(), table, /*back=*/true), Tensor(), Tensor()};
  }
};

}  // namespace

at::Tensor rotary_frequencies(std::int64_t head_width, double base,
                              const std::optional<Llama3Scaling>& scaling) {
  std::vector<double> frequencies;
  for (std::int64_t i = 0; i < head_width; i += 2) {
    const double exponent = -static_cast<double>(i) / static_cast<double>(head_width);
    const double frequency = std::pow(base, exponent);
    frequencies.push_back(scaling ? scaled(frequency, *scaling) : frequency);
  }
  return torch::tensor(frequencies, torch::kFloat64);
}

RotaryTable rotary_table(const at::Tensor& positions, const at::Tensor& frequencies,
                         const at::TensorOptions& options) {
  const Tensor there = sent(frequencies, frequencies.options().device(positions.device()));
  const Tensor angles = positions.to(torch::kFloat64).unsqueeze(1) * there;
  return {angles.cos().to(options).unsqueeze(1), angles.sin().to(options).unsqueeze(1)};
}

at::Tensor rotate(const at::Tensor& x, const RotaryTable& table) {
  const Tensor &cosine = table.cosine, &sine = table.sine;
  check(cosine.dim() == 3 && cosine.sizes() == sine.sizes() && cosine.size(0) == x.size(0) &&
            cosine.size(2) > 0 && x.size(1) % (2 * cosine.size(2)) == 0,
        "rotary: the table does not fit rows of {}", x.size(1));
  return Rotation::apply(x, cosine.contiguous(), sine.contiguous());
}

}  // namespace rankwise
