#include "framework/train/gradient_moments.h"

#include <torch/types.h>

namespace rankwise {

GradientMoments::GradientMoments(const Adapter& adapter)
    : steps_(torch::zeros({1}, torch::kFloat64)) {
  for (const auto& [site, update] : adapter.attached()) {
    const auto factors = update->factors();
    if (!factors || !factors->b.is_leaf() || !factors->b.requires_grad()) continue;
    const auto options = factors->b.options().dtype(torch::kFloat64).requires_grad(false);
    const std::int64_t ranks = factors->b.size(1);
    sites_.push_back({site.name, factors->b, torch::zeros({factors->b.size(0), ranks}, options),
                      torch::zeros({ranks, ranks}, options)});
  }
}

void GradientMoments::add() {
  const torch::NoGradGuard no_grad;
  steps_ += 1;
  for (Sums& sums : sites_) {
    if (!sums.b.grad().defined()) continue;  // a site that no row of the batch reached
    const torch::Tensor gradient = sums.b.grad().to(torch::kFloat64);
    sums.total += gradient;
    sums.inner.addmm_(gradient.t(), gradient);
  }
}

std::vector<GradientRecord> GradientMoments::covariance() const {
  const auto steps = steps_.item<double>();
  if (steps == 0) return {};
  std::vector<GradientRecord> records;
  for (const Sums& sums : sites_) {
    const torch::Tensor mean = sums.total / steps;
    const torch::Tensor value = (sums.inner / steps - mean.t().mm(mean)).cpu().contiguous();
    const double* first = value.const_data_ptr<double>();
    records.push_back({sums.site, value.size(0), {first, first + value.numel()}});
  }
  return records;
}

std::vector<std::pair<std::string, torch::Tensor>> GradientMoments::state() const {
  std::vector<std::pair<std::string, torch::Tensor>> tensors{{"gradient.steps", steps_}};
  for (const Sums& sums : sites_) {
    tensors.emplace_back("gradient.total." + sums.site, sums.total);
    tensors.emplace_back("gradient.inner." + sums.site, sums.inner);
  }
  return tensors;
}

}  // namespace rankwise
