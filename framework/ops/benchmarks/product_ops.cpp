// Products of matrices in every type, in the layouts that training has.

#include "framework/ops/benchmarks/timed_ops.h"
#include "framework/ops/product.h"

namespace rankwise {

namespace {

constexpr std::int64_t kNarrow = 8;  // ranks

torch::Tensor drawn(at::IntArrayRef sizes, torch::ScalarType type) {
  return torch::randn(sizes).to(type);
}

// left rightᵀ; both factors are read and the result is written, in `type` but for what is narrower.
Work product_work(const Factor& factor, torch::ScalarType type) {
  const auto rows = static_cast<double>(factor.left.size(0));
  const auto columns = static_cast<double>(factor.right.size(0));
  const auto inner = static_cast<double>(factor.left.size(1));
  const auto size = static_cast<double>(c10::elementSize(type));
  const auto bytes = static_cast<double>(factor.left.nbytes() + factor.right.nbytes());
  return {2 * rows * columns * inner, bytes / size + rows * columns, type};
}

TimedOp product_of(const Factor& factor, torch::ScalarType type) {
  return {{}, [=] { return product(factor.left, factor.right); }, product_work(factor, type)};
}

// x Wᵀ.
TimedOp rows_of(const BatchShape& shape, torch::ScalarType type) {
  return product_of(
      {drawn({shape.rows(), shape.width}, type), drawn({shape.inner, shape.width}, type)}, type);
}

// dy W: the gradient of rows.
TimedOp row_gradient_of(const BatchShape& shape, torch::ScalarType type) {
  return product_of(
      {drawn({shape.rows(), shape.inner}, type), drawn({shape.inner, shape.width}, type).t()},
      type);
}

// dzᵀ x: the gradient of A, a sum over rows.
TimedOp sum_over_rows_of(const BatchShape& shape, torch::ScalarType narrow,
                         torch::ScalarType type) {
  return product_of(
      {drawn({shape.rows(), kNarrow}, type).t(), drawn({shape.rows(), shape.width}, narrow).t()},
      type);
}

// x Wᵀ + h Bᵀ + bias in one sweep.
TimedOp two_of(const BatchShape& shape, torch::ScalarType type) {
  const Factor wide{drawn({shape.rows(), shape.width}, type),
                    drawn({shape.inner, shape.width}, type)};
  const Factor narrow{drawn({shape.rows(), kNarrow}, type), drawn({shape.inner, kNarrow}, type)};
  const torch::Tensor bias = drawn({shape.inner}, type);
  Work work = product_work(wide, type);
  work.flops += product_work(narrow, type).flops;
  work.values += values_of(narrow.left) + values_of(narrow.right) + values_of(bias);
  return {{}, [=] { return product(wide, narrow, bias); }, work};
}

// z = x Aᵀ of rows in bf16 with A in fp32.
TimedOp mixed_rows_of(const BatchShape& shape) {
  return product_of({drawn({shape.rows(), shape.width}, torch::kBFloat16),
                     drawn({kNarrow, shape.width}, torch::kFloat32)},
                    torch::kFloat32);
}

}  // namespace

void add_product_ops(const BatchShape& shape) {
  const std::pair<const char*, torch::ScalarType> types[] = {
      {"fp32", torch::kFloat32}, {"fp64", torch::kFloat64}, {"bf16", torch::kBFloat16}};
  for (const auto& [name, type] : types) {
    const std::string root = std::string("product/") + name;
    add_forward_op(root + "/rows", shape,
                   [type = type](const BatchShape& s) { return rows_of(s, type); });
    add_forward_op(root + "/row_gradient", shape,
                   [type = type](const BatchShape& s) { return row_gradient_of(s, type); });
    add_forward_op(root + "/sum_over_rows", shape,
                   [type = type](const BatchShape& s) { return sum_over_rows_of(s, type, type); });
    add_forward_op(root + "/two", shape,
                   [type = type](const BatchShape& s) { return two_of(s, type); });
  }
  add_forward_op("mixed_product/rows", shape, mixed_rows_of);
  add_forward_op("mixed_product/sum_over_rows", shape, [](const BatchShape& s) {
    return sum_over_rows_of(s, torch::kBFloat16, torch::kFloat32);
  });
}

}  // namespace rankwise
