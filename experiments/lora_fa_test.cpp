#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace rankwise {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using torch::Tensor;

// Two ranks, alpha / r = 3. For x = (3, 4): A x = (3, 7), y = 3 (10 * 3 + 100 * 7).
OneSite lora_fa_by_hand(const std::string& gradient = "plain") {
  OneSite site("lora_fa", {{"rank", 2}, {"alpha", 6}, {"gradient", gradient}}, {});
  site.set("lora_A", OneSite::tensor({{1, 0}, {1, 1}}));
  site.set("lora_B", OneSite::tensor({{10, 100}}));
  return site;
}

TEST(LoraFa, AddsAlphaOverRankTimesBA) {
  OneSite site = lora_fa_by_hand();
  EXPECT_EQ(site.forward(OneSite::tensor({{3, 4}})).item<double>(), 2190);
}

TEST(LoraFa, TrainsBAndNotA) {
  OneSite site = lora_fa_by_hand();
  site.forward(OneSite::tensor({{3, 4}})).sum().backward();
  site.adapter().edit_gradients({});
  EXPECT_FALSE(site.get("lora_A").requires_grad());
  EXPECT_THAT(doubles(site.get("lora_B").grad()), ElementsAre(9, 21));  // 3 A x
  EXPECT_EQ(site.update().parameters().size(), 1U);
  EXPECT_EQ(site.update().active_parameters(), 2) << "B alone";
}

TEST(LoraFa, TheCorrectedStepIsTheFullGradientWhereASpansTheInput) {
  OneSite site = lora_fa_by_hand("corrected");
  site.forward(OneSite::tensor({{3, 4}})).sum().backward();
  site.adapter().edit_gradients({});
  // (9, 21) (A A^T)^-1 / 9 with the inverse of {{1, 1}, {1, 2}}.
  const Tensor gradient = site.get("lora_B").grad();
  EXPECT_THAT(doubles(gradient),
              ElementsAre(DoubleNear(-1.0 / 3, 1e-12), DoubleNear(4.0 / 3, 1e-12)));
  // 3 dB A is x, the gradient of the whole weight.
  EXPECT_THAT(doubles(3 * gradient.mm(site.get("lora_A"))),
              ElementsAre(DoubleNear(3, 1e-12), DoubleNear(4, 1e-12)));
}

TEST(LoraFa, TheCorrectionHoldsWithMoreRanksThanInputs) {
  OneSite site("lora_fa", {{"rank", 5}, {"gradient", "corrected"}}, {});
  site.forward(OneSite::tensor({{3, 4}})).sum().backward();
  site.adapter().edit_gradients({});
  const Tensor step = 2 * site.get("lora_B").grad().mm(site.get("lora_A"));
  EXPECT_THAT(doubles(step), ElementsAre(DoubleNear(3, 1e-9), DoubleNear(4, 1e-9)));
}

TEST(LoraFa, IsLoraWithTheSameA) {
  OneSite frozen("lora_fa", {{"rank", 4}, {"a_init", "kaiming"}}, {.in = 3, .out = 2});
  OneSite lora("lora", {{"rank", 4}}, {.in = 3, .out = 2});
  EXPECT_TRUE(torch::equal(frozen.get("lora_A"), lora.get("lora_A"))) << "the same start";
  const Tensor b = torch::randn({2, 4}, torch::kFloat64);
  frozen.set("lora_B", b);
  lora.set("lora_B", b);
  const Tensor x = torch::randn({6, 3}, torch::kFloat64);
  EXPECT_TRUE(torch::equal(frozen.forward(x), lora.forward(x)));
}

TEST(LoraFa, AIsGaussianWithDeviationOneOverRootInOrUniform) {
  // 64 x 1024 draws: five deviations of a mean square are 5 sqrt(2 / 65536) = 0.028 of it.
  const OneSite gaussian("lora_fa", {{"rank", 64}}, {.in = 1024});
  const Tensor a = gaussian.get("lora_A") * std::sqrt(1024.0);
  EXPECT_NEAR(a.square().mean().item<double>(), 1, 0.028);
  EXPECT_GT(a.abs().max().item<double>(), 3) << "a uniform start ends at 1";
  const OneSite uniform("lora_fa", {{"rank", 64}, {"a_init", "kaiming"}}, {.in = 1024});
  EXPECT_LE(uniform.get("lora_A").abs().max().item<double>(), 1 / std::sqrt(1024.0));
  EXPECT_EQ(gaussian.get("lora_B").abs().max().item<double>(), 0);
}

TEST(LoraFa, HoldsTheConformanceSuiteWithCorrectedGradients) {
  conformance::run_all(
      {.variant = "lora_fa",
       .options = {{"rank", 3}, {"a_init", "kaiming"}, {"gradient", "corrected"}}});
}

}  // namespace
}  // namespace rankwise
