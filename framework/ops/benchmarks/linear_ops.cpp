#include "framework/ops/benchmarks/timed_ops.h"
#include "framework/ops/rank_linear.h"

namespace rankwise {

namespace {

constexpr std::int64_t kRank = 8;

TimedOp down_of(const BatchShape& shape, std::int64_t in) {
  const torch::Tensor x = leaf({shape.rows(), in}), a = leaf({kRank, in});
  const auto rows = static_cast<double>(shape.rows()), width = static_cast<double>(in);
  const double product = 2 * rows * width * kRank;
  const double values = rows * width + kRank * (rows + width);
  return {{x, a}, [=] { return down(x, a); }, {product, values}, {2 * product, 2 * values}};
}

// What its backward reads and writes: dy, W, dx, and the narrow h, B and their gradients.
TimedOp up_of(const BatchShape& shape, std::int64_t in, std::int64_t out) {
  const torch::Tensor x = leaf({shape.rows(), in}), h = leaf({shape.rows(), kRank}),
                      b = leaf({out, kRank});
  const FrozenLinear frozen{torch::randn({out, in}), torch::randn({out})};
  const auto rows = static_cast<double>(shape.rows());
  const auto from = static_cast<double>(in), to = static_cast<double>(out);
  const double base = 2 * rows * from * to, narrow = 2 * rows * kRank * to;
  const double values = rows * (from + to) + from * to + kRank * (rows + to);
  return {{x, h, b},
          [=] { return up(x, h, b, frozen); },
          {base + narrow, values},
          {base + 2 * narrow, values + kRank * (rows + to)}};
}

}  // namespace

void add_linear_ops(const BatchShape& shape) {
  add_op("down/width", shape, [](const BatchShape& s) { return down_of(s, s.width); });
  add_op("down/inner", shape, [](const BatchShape& s) { return down_of(s, s.inner); });
  add_op("up/square", shape, [](const BatchShape& s) { return up_of(s, s.width, s.width); });
  add_op("up/widening", shape, [](const BatchShape& s) { return up_of(s, s.width, s.inner); });
  add_op("up/narrowing", shape, [](const BatchShape& s) { return up_of(s, s.inner, s.width); });
}

}  // namespace rankwise
