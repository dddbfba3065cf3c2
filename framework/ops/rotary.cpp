#include "framework/ops/rotary.h"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/types.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace rankwise {

namespace {

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
Tensor turned(const Tensor& x, const Tensor& cosine, const Tensor& sine) {
  const Tensor pairs = x.view({x.size(0), -1, 2, cosine.size(2)});
  const Tensor first = pairs.select(2, 0), second = pairs.select(2, 1);
  return at::stack({first * cosine - second * sine, second * cosine + first * sine}, 2)
      .view(x.sizes())
      .to(x.scalar_type());
}

class Rotation : public torch::autograd::Function<Rotation> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& cosine,
                        const Tensor& sine) {
    context->save_for_backward({cosine, sine});
    return turned(x.contiguous(), cosine, sine);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    return {turned(gradients[0].contiguous(), saved[0], -saved[1]), Tensor(), Tensor()};
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
  const Tensor angles =
      positions.to(torch::kFloat64).unsqueeze(1) * frequencies.to(positions.device());
  return {angles.cos().to(options).unsqueeze(1), angles.sin().to(options).unsqueeze(1)};
}

at::Tensor rotate(const at::Tensor& x, const RotaryTable& table) {
  return Rotation::apply(x, table.cosine, table.sine);
}

}  // namespace rankwise
