#include "framework/train/step_sum.h"

#include "framework/core/error.h"

namespace rankwise {

namespace {

constexpr std::int64_t kExactInFp32 = std::int64_t{1} << 24;

// Takes a flat tensor apart, from the front.
class Cut {
 public:
  explicit Cut(const torch::Tensor& values) : values_(values) {}

  torch::Tensor next(std::int64_t count) {
    torch::Tensor part = values_.narrow(0, at_, count);
    at_ += count;
    return part;
  }

 private:
  const torch::Tensor& values_;
  std::int64_t at_ = 0;
};

}  // namespace

StepSum::StepSum(Collective& processes, const std::vector<torch::Tensor>& parameters,
                 Adapter& adapter)
    : processes_(processes), parameters_(parameters) {
  for (const auto& attached : adapter.attached()) {
    if (RankUsage* usage = attached.update->training_usage()) counts_.push_back(usage->count());
  }
}

void StepSum::begin() {
  before_.clear();
  for (const torch::Tensor& count : counts_) before_.push_back(count.clone());
}

void StepSum::add(StepTotals& totals) {
  const torch::NoGradGuard no_grad;
  torch::Tensor values = flat(totals);
  processes_.all_reduce(values);
  unpack(values, totals);
}

torch::Tensor StepSum::flat(const StepTotals& totals) const {
  const torch::TensorOptions options = parameters_.front().options().requires_grad(false);
  std::vector<torch::Tensor> parts;
  std::vector<double> has_gradient;
  for (const torch::Tensor& parameter : parameters_) {
    const torch::Tensor gradient = parameter.grad();
    parts.push_back(gradient.defined() ? gradient.flatten().to(options)
                                       : torch::zeros({parameter.numel()}, options));
    has_gradient.push_back(gradient.defined() ? 1 : 0);
  }
  parts.push_back(torch::tensor(has_gradient, torch::kFloat64).to(options));
  parts.push_back(totals.losses.to(options));
  parts.push_back(
      torch::tensor({static_cast<double>(totals.rows), totals.stop ? 1. : 0.}, torch::kFloat64)
          .to(options));
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    parts.push_back((counts_[i] - before_[i]).flatten().to(options));
  }
  return torch::cat(parts);
}

void StepSum::unpack(const torch::Tensor& values, StepTotals& totals) {
  Cut cut(values);
  std::vector<torch::Tensor> gradients;
  for (const torch::Tensor& parameter : parameters_)
    gradients.push_back(cut.next(parameter.numel()));
  const torch::Tensor known =
      cut.next(static_cast<std::int64_t>(parameters_.size())).to(torch::kCPU, torch::kFloat64);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const bool has = known[static_cast<std::int64_t>(i)].item<double>() > 0;
    parameters_[i].mutable_grad() =
        has ? gradients[i].view_as(parameters_[i]).clone() : torch::Tensor();
  }
  totals.losses = cut.next(2).to(torch::kFloat64);
  const torch::Tensor rows_and_stop = cut.next(2).to(torch::kCPU, torch::kFloat64);
  totals.rows = rows_and_stop[0].item<std::int64_t>();
  totals.stop = rows_and_stop[1].item<double>() > 0;
  check(values.scalar_type() == torch::kFloat64 || totals.rows < kExactInFp32,
        "a step of {} rows, and several processes count {} at most in fp32; make train.batch "
        "smaller",
        totals.rows, kExactInFp32);
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    const torch::Tensor delta = cut.next(counts_[i].numel()).view_as(counts_[i]);
    counts_[i].copy_(before_[i] + delta.to(torch::kInt64));
  }
}

}  // namespace rankwise
