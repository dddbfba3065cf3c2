#include "framework/adapter/random_tensor.h"
#include "framework/merge/merge_method.h"

#include <torch/types.h>

#include <cmath>

namespace rankwise {

namespace {

using torch::Tensor;

// Applies `merge` to the t matrices of each site.
template <class Merge>
Matrices by_site(const std::vector<Matrices>& models, Merge merge) {
  Matrices merged;
  for (std::size_t site = 0; site < models.front().size(); ++site) {
    std::vector<Tensor> of_site;
    of_site.reserve(models.size());
    for (const Matrices& model : models) of_site.push_back(model[site]);
    merged.push_back(merge(of_site, site));
  }
  return merged;
}

// The smallest magnitude that is among the `density` share of largest ones of a whole model.
double trim_threshold(const Matrices& model, double density) {
  std::vector<Tensor> magnitudes;
  for (const Tensor& matrix : model) magnitudes.push_back(matrix.abs().flatten());
  const Tensor all = torch::cat(magnitudes);
  const auto kept =
      std::max<std::int64_t>(1, std::llround(density * static_cast<double>(all.numel())));
  return std::get<0>(all.kthvalue(all.numel() - kept + 1)).item<double>();
}

std::vector<Matrices> trimmed(const std::vector<Matrices>& models, double density) {
  std::vector<Matrices> kept;
  for (const Matrices& model : models) {
    const double threshold = trim_threshold(model, density);
    kept.emplace_back();
    for (const Tensor& matrix : model) kept.back().push_back(matrix * (matrix.abs() >= threshold));
  }
  return kept;
}

// The mean of the entries whose sign is that of their sum; zero where nothing is left.
Tensor disjoint_mean(const std::vector<Tensor>& matrices) {
  const Tensor stacked = torch::stack(matrices);
  const Tensor sign = torch::sign(stacked.sum(0));
  const Tensor agrees = (torch::sign(stacked) == sign) & (stacked != 0);
  return (stacked * agrees).sum(0) / agrees.sum(0).clamp_min(1);
}

}  // namespace

Matrices average_matrices(const std::vector<Matrices>& models) {
  return add_matrices(models, 1 / static_cast<double>(models.size()));
}

Matrices add_matrices(const std::vector<Matrices>& models, double lambda) {
  return by_site(models, [&](const std::vector<Tensor>& matrices, std::size_t) {
    return torch::stack(matrices).sum(0) * lambda;
  });
}

Matrices ties_matrices(const std::vector<Matrices>& models, double density, double lambda) {
  return by_site(trimmed(models, density), [&](const std::vector<Tensor>& matrices, std::size_t) {
    return disjoint_mean(matrices) * lambda;
  });
}

Matrices dare_matrices(const std::vector<Matrices>& models, double drop, const Seed& seed) {
  std::vector<Matrices> kept = models;
  for (std::size_t model = 0; model < kept.size(); ++model) {
    const Seed stream = seed.stream("dare").stream(model);
    for (std::size_t site = 0; site < kept[model].size(); ++site) {
      Tensor& matrix = kept[model][site];
      matrix = matrix * dropout_mask(matrix, drop, stream.stream(site));
    }
  }
  return average_matrices(kept);
}

Matrices knots_matrices(const std::vector<Matrices>& models, double density, double lambda) {
  const auto count = static_cast<std::int64_t>(models.size());
  Matrices bases;
  std::vector<Matrices> coordinates(models.size());  // V_iᵀ: [rank, in] for each model and site
  by_site(models, [&](const std::vector<Tensor>& matrices, std::size_t) {
    const auto [u, s, vt] = at::linalg_svd(torch::cat(matrices, 1), /*full_matrices=*/false);
    bases.push_back(u * s);
    const std::vector<Tensor> parts = vt.chunk(count, 1);
    for (std::size_t i = 0; i < parts.size(); ++i) coordinates[i].push_back(parts[i]);
    return Tensor();
  });
  Matrices merged = ties_matrices(coordinates, density, lambda);
  for (std::size_t site = 0; site < merged.size(); ++site) {
    merged[site] = bases[site].mm(merged[site]);
  }
  return merged;
}

}  // namespace rankwise
