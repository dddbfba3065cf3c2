// Ops that go over rows: norms, activations, rotation, and the likelihood of tokens.

#include "framework/ops/benchmarks/timed_ops.h"
#include "framework/ops/gated_unit.h"
#include "framework/ops/gelu.h"
#include "framework/ops/norms.h"
#include "framework/ops/rotary.h"
#include "framework/ops/token_likelihood.h"

#include <cmath>

namespace rankwise {

namespace {

// Reads x and writes y; backward reads dy and x, and writes dx.
TimedOp elementwise(const torch::Tensor& x, std::function<torch::Tensor()> forward) {
  return {{x}, std::move(forward), {0, 2 * values_of(x)}, {0, 3 * values_of(x)}};
}

TimedOp layer_norm_of(const BatchShape& shape) {
  const torch::Tensor x = leaf({shape.rows(), shape.width});
  const torch::Tensor weight = torch::randn({shape.width}), bias = torch::randn({shape.width});
  return elementwise(x, [=] { return layer_norm(x, weight, bias, 1e-12); });
}

// Reads one more, and gives both the same gradient.
TimedOp add_layer_norm_of(const BatchShape& shape) {
  const torch::Tensor x = leaf({shape.rows(), shape.width}), y = leaf(x.sizes());
  const torch::Tensor weight = torch::randn({shape.width}), bias = torch::randn({shape.width});
  return {{x, y},
          [=] { return add_layer_norm(x, y, weight, bias, 1e-12); },
          {0, 3 * values_of(x)},
          {0, 3 * values_of(x)}};
}

TimedOp rms_norm_of(const BatchShape& shape) {
  const torch::Tensor x = leaf({shape.rows(), shape.width});
  const torch::Tensor weight = torch::randn({shape.width});
  return elementwise(x, [=] { return rms_norm(x, weight, 1e-5); });
}

// Gives the sum and the normalised rows; backward reads the gradients of both.
TimedOp add_rms_norm_of(const BatchShape& shape) {
  const torch::Tensor x = leaf({shape.rows(), shape.width}), y = leaf(x.sizes());
  const torch::Tensor weight = torch::randn({shape.width});
  return {{x, y},
          [=] {
            const SumAndNorm both = add_rms_norm(x, y, weight, 1e-5);
            return at::cat({both.sum, both.normed}, 1);
          },
          {0, 4 * values_of(x)},
          {0, 4 * values_of(x)}};
}

TimedOp gelu_of(const BatchShape& shape) {
  const torch::Tensor x = leaf({shape.rows(), shape.inner});
  return elementwise(x, [=] { return rankwise::gelu(x); });
}

TimedOp gated_unit_of(const BatchShape& shape,
                      torch::Tensor (*unit)(const torch::Tensor& gate, const torch::Tensor& up)) {
  const torch::Tensor gate = leaf({shape.rows(), shape.inner}), up = leaf(gate.sizes());
  return {{gate, up},
          [=] { return unit(gate, up); },
          {0, 3 * values_of(gate)},
          {0, 5 * values_of(gate)}};
}

TimedOp rotation_of(const BatchShape& shape) {
  const torch::Tensor x = leaf({shape.rows(), shape.width});
  const torch::Tensor positions = torch::arange(shape.rows()) % shape.lengths.back();
  const RotaryTable table =
      rotary_table(positions, rotary_frequencies(shape.head_width(), 1e5, {}), torch::kFloat32);
  TimedOp op = elementwise(x, [=] { return rotate(x, table); });
  op.backward_work.values = op.forward_work.values;  // it reads no x
  return op;
}

// The gradient of its rows is made forward; backward only scales it.
TimedOp likelihood_of(const BatchShape& shape) {
  const torch::Tensor rows = leaf({shape.rows(), shape.width});
  // Logits near one, as a model's are: exp() of what underflows is slow.
  const torch::Tensor weight =
      torch::randn({shape.vocabulary, shape.width}) / std::sqrt(static_cast<double>(shape.width));
  const torch::Tensor tokens = torch::randint(shape.vocabulary, {shape.rows()}, torch::kInt64);
  const double product = 2 * values_of(rows) * static_cast<double>(shape.vocabulary);
  return {{rows},
          [=] { return token_likelihood(rows, weight, tokens).log_probability; },
          {2 * product, values_of(weight) + 2 * values_of(rows)},
          {0, 2 * values_of(rows)}};
}

}  // namespace

void add_row_ops(const BatchShape& shape) {
  if (!shape.causal) {
    add_op("layer_norm", shape, layer_norm_of);
    add_op("add_layer_norm", shape, add_layer_norm_of);
    add_op("gelu", shape, gelu_of);
    return;
  }
  add_op("rms_norm", shape, rms_norm_of);
  add_op("add_rms_norm", shape, add_rms_norm_of);
  add_op("gated_silu", shape, [](const BatchShape& s) { return gated_unit_of(s, gated_silu); });
  add_op("gated_gelu_tanh", shape,
         [](const BatchShape& s) { return gated_unit_of(s, gated_gelu_tanh); });
  add_op("rotary", shape, rotation_of);
  if (shape.vocabulary > 0) add_op("token_likelihood", shape, likelihood_of);
}

}  // namespace rankwise
