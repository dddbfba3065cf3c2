#include "framework/merge/similarity.h"

#include <cmath>
#include <numbers>

namespace rankwise {

namespace {

using torch::Tensor;

double squared_norm(const Tensor& matrix) { return matrix.square().sum().item<double>(); }

}  // namespace

Tensor cosines(const std::vector<Tensor>& matrices) {
  std::vector<Tensor> rows;
  rows.reserve(matrices.size());
  for (const Tensor& matrix : matrices) rows.push_back(matrix.to(torch::kFloat64).flatten());
  const Tensor stacked = torch::stack(rows);
  const Tensor inner = stacked.mm(stacked.t());
  const Tensor lengths = inner.diagonal().sqrt();
  const Tensor scale = lengths.outer(lengths);
  return torch::where(scale > 0, inner / scale, 0.0);
}

Tensor row_overlaps(const std::vector<Tensor>& matrices) {
  const auto count = static_cast<std::int64_t>(matrices.size());
  Tensor overlaps = torch::zeros({count, count}, torch::kFloat64);
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t j = 0; j < count; ++j) {
      const Tensor a = matrices[i].to(torch::kFloat64);
      const Tensor b = matrices[j].to(torch::kFloat64);
      overlaps[i][j] = a.mm(b.t()).norm() / (a.norm() * b.norm());
    }
  }
  return overlaps;
}

Tensor row_basis(const Tensor& matrix) {
  const auto [u, s, v] = at::linalg_svd(matrix.to(torch::kFloat64), /*full_matrices=*/false);
  const double tolerance = s.max().item<double>() * 1e-6;  // A is kept in single precision
  return v.narrow(0, 0, (s > tolerance).sum().item<std::int64_t>());
}

Tensor principal_angles(const Tensor& a, const Tensor& b) {
  const Tensor& small = a.size(0) < b.size(0) ? a : b;
  const Tensor& large = a.size(0) < b.size(0) ? b : a;
  const Tensor inside = small.mm(large.t());
  const Tensor cosine = at::linalg_svdvals(inside).clamp(0, 1);
  // The part of `small` outside the other span. An arc cosine near 1 keeps half the digits only, so
  // small angles come from their sines.
  const Tensor sine = at::linalg_svdvals(small - inside.mm(large)).clamp(0, 1).flip(0);
  const Tensor angle = torch::where(cosine.square() < 0.5, cosine.arccos(), sine.arcsin());
  return angle * (180 / std::numbers::pi);
}

double interference(const std::vector<Tensor>& matrices) {
  const Tensor stacked = torch::stack(matrices).to(torch::kFloat64);
  const double apart = squared_norm(stacked);
  return apart == 0 ? 1 : squared_norm(stacked.sum(0)) / apart;
}

double linear_cka(const Tensor& a, const Tensor& b) {
  const auto centred = [](const Tensor& rows) {
    const Tensor values = rows.to(torch::kFloat64);
    return values - values.mean(0, /*keepdim=*/true);
  };
  const Tensor x = centred(a);
  const Tensor y = centred(b);
  const double scale = std::sqrt(squared_norm(x.t().mm(x)) * squared_norm(y.t().mm(y)));
  return scale == 0 ? 0 : squared_norm(y.t().mm(x)) / scale;
}

}  // namespace rankwise
