#include "framework/ops/narrow_product.h"

#include <torch/types.h>

namespace rankwise {

using torch::Tensor;

at::Tensor product_in(at::ScalarType type, const at::Tensor& left, const at::Tensor& right) {
  if (left.scalar_type() == type) return at::mm(left, right);
  if (left.is_cuda() && type == torch::kFloat32) return at::mm(left, right, type);
  return at::mm(left.to(type), right.to(type));
}

at::Tensor scores_of(const at::Tensor& rows, const at::Tensor& matrix) {
  const torch::ScalarType narrow = rows.scalar_type(), wide = matrix.scalar_type();
  if (narrow == wide) return at::mm(rows, matrix.t());
  if (narrow != torch::kBFloat16 || wide != torch::kFloat32)
    return at::mm(rows.to(wide), matrix.t());
  const Tensor high = matrix.to(narrow);
  const Tensor both = at::cat({high, (matrix - high).to(narrow)});
  const Tensor parts = product_in(wide, rows, both.t());
  return parts.narrow(1, 0, matrix.size(0)) + parts.narrow(1, matrix.size(0), matrix.size(0));
}

}  // namespace rankwise
