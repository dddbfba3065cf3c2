// Against PyTorch's own optimizer and clipping.

#include "framework/train/adamw.h"

#include "framework/core/switches.h"
#include "framework/testing/far_device.h"

#include <gtest/gtest.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim/adamw.h>

#include <limits>
#include <memory>

namespace rankwise {
namespace {

using torch::Tensor;

constexpr double kRate = 0.01, kHeadRate = 0.03, kDecay = 0.1, kLargest = 0.5;
constexpr AdamW::Constants kConstants{.beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-6};

// Odd sizes, so that vectors have rests; two groups.
std::vector<Tensor> parameters_of(torch::ScalarType type) {
  at::Generator generator = at::detail::createCPUGenerator(3);
  std::vector<Tensor> made;
  for (const auto& sizes : std::vector<std::vector<std::int64_t>>{{7, 5}, {129}, {1}, {33, 17}}) {
    made.push_back(torch::randn(sizes, generator, torch::kFloat64).to(type).requires_grad_());
  }
  return made;
}

AdamW ours_of(const std::vector<Tensor>& parameters) {
  AdamW adamw(kConstants);
  adamw.add_group({parameters[0], parameters[1]}, kRate, kDecay);
  adamw.add_group({parameters[2], parameters[3]}, kHeadRate, 0);
  return adamw;
}

std::unique_ptr<torch::optim::AdamW> pytorchs_of(const std::vector<Tensor>& parameters) {
  const auto group = [](std::vector<Tensor> alike, double rate, double decay) {
    auto options = std::make_unique<torch::optim::AdamWOptions>(rate);
    options->weight_decay(decay)
        .betas({kConstants.beta1, kConstants.beta2})
        .eps(kConstants.epsilon);
    return torch::optim::OptimizerParamGroup(std::move(alike), std::move(options));
  };
  return std::make_unique<torch::optim::AdamW>(
      std::vector<torch::optim::OptimizerParamGroup>{
          group({parameters[0], parameters[1]}, kRate, kDecay),
          group({parameters[2], parameters[3]}, kHeadRate, 0)},
      torch::optim::AdamWOptions(kRate));
}

// Of step `step`: one in four is undefined, and only some steps are long enough to be clipped.
void set_gradients(const std::vector<Tensor>& parameters, int step) {
  at::Generator generator = at::detail::createCPUGenerator(static_cast<std::uint64_t>(100 + step));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Tensor drawn = torch::randn(parameters[i].sizes(), generator, torch::kFloat64);
    const bool reached = (static_cast<std::size_t>(step) + i) % 4 != 0;
    parameters[i].mutable_grad() =
        reached ? (drawn * (step % 3 == 0 ? 1e-3 : 1)).to(parameters[i].scalar_type()) : Tensor();
  }
}

void expect_near(const Tensor& ours, const Tensor& theirs, double tolerance) {
  const double scale = theirs.abs().max().item<double>();
  EXPECT_LE((ours - theirs).abs().max().item<double>(), tolerance * scale);
}

void expect_pytorchs_steps(torch::ScalarType type, double tolerance) {
  const std::vector<Tensor> ours = parameters_of(type), theirs = parameters_of(type);
  AdamW adamw = ours_of(ours);
  const auto pytorchs = pytorchs_of(theirs);
  for (int step = 0; step < 50; ++step) {
    const double factor = 1 - 0.01 * step;
    set_gradients(ours, step);
    set_gradients(theirs, step);
    adamw.clip_gradients(kLargest);
    torch::nn::utils::clip_grad_norm_(theirs, kLargest);
    for (std::size_t i = 0; i < ours.size(); ++i) {
      ASSERT_EQ(ours[i].grad().defined(), theirs[i].grad().defined());
      if (ours[i].grad().defined()) expect_near(ours[i].grad(), theirs[i].grad(), tolerance);
    }
    adamw.step(factor);
    pytorchs->param_groups()[0].options().set_lr(kRate * factor);
    pytorchs->param_groups()[1].options().set_lr(kHeadRate * factor);
    pytorchs->step();
  }
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const auto& state = static_cast<torch::optim::AdamWParamState&>(
        *pytorchs->state().at(theirs[i].unsafeGetTensorImpl()));
    expect_near(ours[i], theirs[i], tolerance);
    expect_near(adamw.state_of(ours[i]).exp_avg, state.exp_avg(), tolerance);
    expect_near(adamw.state_of(ours[i]).exp_avg_sq, state.exp_avg_sq(), tolerance);
    EXPECT_EQ(adamw.state_of(ours[i]).steps.item<double>(), static_cast<double>(state.step()));
  }
}

TEST(AdamW, TakesPyTorchsSteps) {
  expect_pytorchs_steps(torch::kFloat64, 1e-12);
  expect_pytorchs_steps(torch::kFloat32, 1e-6);
}

TEST(AdamW, OpByOpTakesThemToo) {
  const Without fused("fused-adamw");
  expect_pytorchs_steps(torch::kFloat64, 1e-12);
  expect_pytorchs_steps(torch::kFloat32, 1e-6);
}

// As PyTorch's on the CPU: rates and clipping factor lie on the device.
TEST(AdamW, TakesTheSameStepsOnAnAcceleratorWithoutWaiting) {
  RANKWISE_NEED_FAR_DEVICE();
  const std::vector<Tensor> here = parameters_of(torch::kFloat32);
  std::vector<Tensor> there;
  for (const Tensor& one : here) there.push_back(one.detach().to(far_device()).requires_grad_());
  AdamW ours = ours_of(there), expected = ours_of(here);
  for (int step = 0; step < 8; ++step) {
    set_gradients(here, step);
    for (std::size_t i = 0; i < here.size(); ++i) {
      const Tensor& gradient = here[i].grad();
      there[i].mutable_grad() = gradient.defined() ? gradient.to(far_device()) : Tensor();
    }
    expected.clip_gradients(kLargest);
    expected.step(1 - 0.1 * step);
    far_waits().clear();
    ours.clip_gradients(kLargest);
    ours.step(1 - 0.1 * step);
    EXPECT_TRUE(far_waits().empty());
  }
  for (std::size_t i = 0; i < here.size(); ++i)
    expect_near(there[i].detach().cpu(), here[i].detach(), 1e-6);
}

TEST(AdamW, MovesNothingWhereTheLossIsUnsound) {
  const Tensor parameter = torch::ones({2}).requires_grad_();
  AdamW adamw(kConstants);
  adamw.add_group({parameter}, kRate, kDecay);
  parameter.mutable_grad() = torch::full({2}, std::numeric_limits<float>::quiet_NaN());
  adamw.step(1, torch::ones({}));
  EXPECT_TRUE(torch::equal(parameter.detach(), torch::ones({2})));
  parameter.mutable_grad() = torch::ones({2});
  adamw.step(1, torch::zeros({}));
  EXPECT_FALSE(torch::equal(parameter.detach(), torch::ones({2})));
}

TEST(AdamW, LeavesGradientsWithinTheBoundAlone) {
  const Tensor parameter = torch::zeros({2}, torch::kFloat64).requires_grad_();
  AdamW adamw(kConstants);
  adamw.add_group({parameter}, kRate, 0);
  adamw.clip_gradients(1);  // nothing to clip yet
  parameter.mutable_grad() = torch::tensor({0.3, 0.4}, torch::kFloat64);
  adamw.clip_gradients(0.6);
  EXPECT_TRUE(torch::equal(parameter.grad(), torch::tensor({0.3, 0.4}, torch::kFloat64)));
  adamw.clip_gradients(0.25);
  EXPECT_NEAR(parameter.grad().norm().item<double>(), 0.25, 1e-6);
  adamw.drop_gradients();
  EXPECT_FALSE(parameter.grad().defined());
}

TEST(AdamW, HandsOnWhatIsNotFinite) {
  const Tensor parameter = torch::zeros({2}).requires_grad_();
  AdamW adamw(kConstants);
  adamw.add_group({parameter}, kRate, 0);
  parameter.mutable_grad() = torch::tensor({1.0F, std::numeric_limits<float>::infinity()});
  adamw.clip_gradients(1);
  adamw.step(1);
  EXPECT_TRUE(torch::isnan(parameter).any().item<bool>());
}

TEST(AdamW, ReadsAGradientOfAnotherLayout) {
  const Tensor gradient = torch::arange(6, torch::kFloat64).view({3, 2}).t();  // [2, 3]
  std::vector<Tensor> moved;
  for (const Tensor& given : {gradient, gradient.contiguous()}) {
    const Tensor parameter = torch::ones({2, 3}, torch::kFloat64).requires_grad_();
    AdamW adamw(kConstants);
    adamw.add_group({parameter}, kRate, kDecay);
    parameter.mutable_grad() = given;
    adamw.step(1);
    adamw.step(0.5);
    moved.push_back(parameter.detach());
  }
  EXPECT_TRUE(torch::equal(moved[0], moved[1]));
}

}  // namespace
}  // namespace rankwise
