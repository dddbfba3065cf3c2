#include "framework/train/adamw.h"

#include "framework/core/switches.h"
#include "framework/data/upload.h"
#include "framework/ops/optional_tensor.h"

#include <ATen/ops/_foreach_add.h>
#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>
#include <ATen/ops/_fused_adamw.h>

#include <cmath>

namespace rankwise {

namespace {

using torch::Tensor;

const Switch adamw_switch("fused-adamw",
                          "AdamW over a group's parameters in one call; without: op by op");

// The fused kernel reads both as flat memory.
Tensor gradient_laid_out_as(const Tensor& parameter) {
  const Tensor& gradient = parameter.grad();
  if (gradient.strides() == parameter.strides()) return gradient;
  return torch::empty_like(parameter).copy_(gradient);
}

// A rate that lies on the device may change under a recorded sequence of its operations. In double
// precision it would be rounded there.
Tensor rate_place(const std::vector<Tensor>& parameters) {
  if (parameters.empty() || !is_accelerator(parameters.front().device())) return {};
  if (parameters.front().scalar_type() != torch::kFloat32) return {};
  return torch::zeros({}, parameters.front().detach().options());
}

}  // namespace

void AdamW::add_group(const std::vector<Tensor>& parameters, double rate, double decay) {
  const std::size_t begin = entries_.size();
  for (const Tensor& parameter : parameters) {
    places_[parameter.unsafeGetTensorImpl()] = entries_.size();
    const Tensor value = parameter.detach();
    entries_.push_back({parameter,
                        {torch::zeros_like(value), torch::zeros_like(value),
                         torch::zeros({}, value.options().dtype(torch::kFloat32))}});
  }
  groups_.push_back({rate, decay, begin, entries_.size(), rate_place(parameters)});
}

AdamW::State& AdamW::state_of(const Tensor& parameter) {
  return entries_[places_.at(parameter.unsafeGetTensorImpl())].state;
}

void AdamW::drop_gradients() {
  for (Entry& entry : entries_) entry.parameter.mutable_grad().reset();
}

void AdamW::clip_gradients(double largest) {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> gradients;
  for (const Entry& entry : entries_) {
    if (entry.parameter.grad().defined()) gradients.push_back(entry.parameter.grad());
  }
  if (gradients.empty()) return;
  const Tensor sum = torch::stack(at::_foreach_norm(gradients)).norm();
  if (is_accelerator(sum.device())) {
    const Tensor factor = (largest / (sum.to(torch::kFloat64) + 1e-6)).clamp_max(1);
    at::_foreach_mul_(gradients, factor.to(sum.scalar_type()));
    return;
  }
  const auto norm = sum.item<double>();
  const double factor = largest / (norm + 1e-6);             // as PyTorch
  if (!(factor >= 1)) at::_foreach_mul_(gradients, factor);  // a NaN goes on to the parameters
}

void AdamW::step(double rate_factor, const Tensor& unsound) {
  const torch::NoGradGuard no_grad;
  for (const Group& group : groups_) {
    if (adamw_switch) {
      step_at_once(group, group.rate * rate_factor, unsound);
    } else {
      step_plainly(group, group.rate * rate_factor);
    }
  }
}

void AdamW::step_at_once(const Group& group, double rate, const Tensor& unsound) {
  std::vector<Tensor> parameters, gradients, exp_avgs, exp_avg_sqs, steps;
  for (std::size_t i = group.begin; i < group.end; ++i) {
    const Entry& entry = entries_[i];
    if (!entry.parameter.grad().defined()) continue;
    parameters.push_back(entry.parameter);
    gradients.push_back(gradient_laid_out_as(entry.parameter));
    exp_avgs.push_back(entry.state.exp_avg);
    exp_avg_sqs.push_back(entry.state.exp_avg_sq);
    steps.push_back(entry.state.steps);
  }
  if (parameters.empty()) return;
  at::_foreach_add_(steps, 1);
  const auto step_with = [&](const auto& given_rate) {
    at::_fused_adamw_(parameters, gradients, exp_avgs, exp_avg_sqs, /*max_exp_avg_sqs=*/{}, steps,
                      given_rate, constants_.beta1, constants_.beta2, group.decay,
                      constants_.epsilon, /*amsgrad=*/false, /*maximize=*/false,
                      /*grad_scale=*/std::nullopt, if_defined(unsound));
  };
  if (group.rate_now.defined()) {
    step_with(Tensor(group.rate_now).fill_(rate));
  } else {
    step_with(rate);
  }
  // The fused kernel does not say that it wrote.
  for (const Tensor& parameter : parameters) parameter.unsafeGetTensorImpl()->bump_version();
}

void AdamW::step_plainly(const Group& group, double rate) {
  const auto [beta1, beta2, epsilon] = constants_;
  for (std::size_t i = group.begin; i < group.end; ++i) {
    auto& [parameter, state] = entries_[i];
    const Tensor& gradient = parameter.grad();
    if (!gradient.defined()) continue;
    const auto steps = state.steps.add_(1).item<double>();
    state.exp_avg.mul_(beta1).add_(gradient, 1 - beta1);
    state.exp_avg_sq.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
    const Tensor mean = state.exp_avg / (1 - std::pow(beta1, steps));
    const Tensor root = (state.exp_avg_sq / (1 - std::pow(beta2, steps))).sqrt();
    parameter.mul_(1 - rate * group.decay).sub_(rate * mean / (root + epsilon));
  }
}

}  // namespace rankwise
