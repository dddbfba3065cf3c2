// What accelerators run, on a device that is none: every variant trains there as on the CPU, and no
// step makes the host wait.

#include "framework/testing/far_device.h"

#include "framework/testing/conformance.h"
#include "framework/testing/toy.h"
#include "framework/train/trainer.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace rankwise {
namespace {

using torch::Tensor;

struct FarCase {
  std::string variant;
  toy::Kind kind;
};

void PrintTo(const FarCase& one, std::ostream* out) {
  *out << one.variant << " on " << to_string(one.kind);
}

std::vector<FarCase> far_cases() {
  std::vector<FarCase> all;
  for (const std::string& variant : variants().names()) {
    for (const toy::Kind kind : {toy::Kind::kTokens, toy::Kind::kFeatures, toy::Kind::kDecoder,
                                 toy::Kind::kEncoderDecoder}) {
      all.push_back({variant, kind});
    }
  }
  return all;
}

// What a training leaves behind, on the host.
using Left = std::map<std::string, Tensor>;

struct Losses : Observer {
  void on_step(const StepRecord& record) override {
    values.push_back(record.loss);
    values.push_back(record.auxiliary);
  }
  std::vector<double> values;
};

void add_left(Left& left, const std::string& name, const Tensor& tensor) {
  left[name] = tensor.detach().to(torch::kCPU, torch::kFloat64);
}

// Gradients are those of the last step.
Left left_by_training(const toy::Recipe& recipe, std::int64_t steps) {
  const auto model = toy::model(recipe);
  TrainOptions options = toy::training(steps);
  options.epsilon = 1e-4;  // AdamW blows a gradient that is zero but for rounding up to a step
  options.chunk_rows = 0;
  Trainer trainer(*model, toy::dataset(recipe.kind), options, Seed(1), recipe.tensors);
  Losses losses;
  trainer.run({&losses}, [](std::int64_t) {});
  Left left;
  left["losses"] = torch::tensor(losses.values, torch::kFloat64);
  for (const auto& [name, tensor] : model->state()) {
    add_left(left, name, tensor);
    if (tensor.grad().defined()) add_left(left, name + "'s gradient", tensor.grad());
  }
  for (const auto& [site, update] : model->adapter().attached()) {
    const RankUsage* usage = update->training_usage();
    if (usage == nullptr) continue;
    add_left(left, site.name + " count", usage->count());
    add_left(left, site.name + " gate mass", usage->gate_mass());
  }
  return left;
}

bool trains(const toy::Recipe& recipe) {
  return toy::all_have_heads(recipe.kind) || !toy::model(recipe)->adapter_parameters().empty();
}

class FarDevice : public ::testing::TestWithParam<FarCase> {
 protected:
  void SetUp() override { RANKWISE_NEED_FAR_DEVICE(); }
  toy::Recipe recipe() const { return {.variant = GetParam().variant, .kind = GetParam().kind}; }
  toy::Recipe far_recipe() const {
    toy::Recipe far = recipe();
    far.tensors = far.tensors.device(far_device());
    return far;
  }
};

INSTANTIATE_TEST_SUITE_P(Variants, FarDevice, ::testing::ValuesIn(far_cases()),
                         [](const auto& test) {
                           return test.param.variant + "_" + to_string(test.param.kind);
                         });

TEST_P(FarDevice, TrainsAsTheCpuDoes) {
  if (!trains(recipe())) GTEST_SKIP() << "it trains heads alone, and some of these tasks have none";
  const Left expected = left_by_training(recipe(), 3), found = left_by_training(far_recipe(), 3);
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    ASSERT_TRUE(found.contains(name)) << name;
    const double scale =
        std::max(1e-3, tensor.numel() == 0 ? 0 : tensor.abs().max().item<double>());
    EXPECT_TRUE(at::allclose(found.at(name), tensor, /*rtol=*/0, /*atol=*/1e-10 * scale)) << name;
  }
}

TEST_P(FarDevice, WaitsForNothingInAStep) {
  if (!trains(recipe())) GTEST_SKIP() << "it trains heads alone, and some of these tasks have none";
  const toy::Recipe far = far_recipe();
  const auto model = toy::model(far);
  Trainer trainer(*model, toy::dataset(far.kind), toy::training(6), Seed(1), far.tensors);
  trainer.between_steps([](std::int64_t step) {
    if (step == 1) far_waits().clear();  // before the first one, checks look at tasks and sites
    if (step == 6) {
      EXPECT_THAT(far_waits(), ::testing::IsEmpty());
    }
  });
  trainer.run({}, [](std::int64_t) {});
}

// Evaluation, blocks that run again, and rows in bf16 beside routing in fp32.
TEST_P(FarDevice, HoldsWhatTheConformanceSuitePromises) {
  if (!trains(recipe())) GTEST_SKIP() << "it trains heads alone, and some of these tasks have none";
  const auto& exemptions = toy::variant_of(recipe()).facts.exemptions;
  for (const char* check : {"neighbours", "recompute", "bf16"}) {
    if (!exemptions.contains(check)) conformance::run(check, far_recipe());
  }
}

TEST(FarDeviceItself, WritesDownWhatItsHostWaitsFor) {
  RANKWISE_NEED_FAR_DEVICE();
  const Tensor far = torch::ones({2}, torch::TensorOptions().device(far_device()));
  far_waits().clear();
  far.sum().item<double>();
  far.nonzero();
  torch::zeros({2}).to(far_device());
  torch::zeros({2}).to(far_device(), /*non_blocking=*/true);
  EXPECT_THAT(far_waits(), ::testing::ElementsAre("aten::_local_scalar_dense", "aten::nonzero",
                                                  "copy to the device"));
}

}  // namespace
}  // namespace rankwise
