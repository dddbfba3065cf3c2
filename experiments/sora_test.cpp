#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using fixtures::integers;
using fixtures::rows;
using ::testing::ElementsAre;
using torch::Tensor;

// Three ranks, alpha / r = 2. For x = (1, 0): A x = (1, 10, 100), B adds; the gate is (2, -1, .25).
OneSite sora_by_hand(double threshold = 0.5) {
  OneSite site("sora", {{"rank", 3}, {"alpha", 6}, {"threshold", threshold}}, {.tasks = 2});
  site.set("lora_A", OneSite::tensor({{1, 0}, {10, 0}, {100, 0}}));
  site.set("lora_B", OneSite::tensor({{1, 1, 1}}));
  site.set("gate.value", torch::tensor({2.0, -1.0, 0.25}, kDouble));
  return site;
}

TEST(Sora, TheGateScalesEachRank) {
  OneSite site = sora_by_hand();
  EXPECT_EQ(site.forward(rows(1)).item<double>(), 2 * (2 - 10 + 25));
  EXPECT_THAT(doubles(site.update().evaluation_usage()->gate_mass()[0]), ElementsAre(2, -1, 0.25));
}

TEST(Sora, AStepSoftThresholdsTheGate) {
  OneSite site = sora_by_hand(0.5);
  site.adapter().after_step({});
  EXPECT_THAT(doubles(site.get("gate.value")), ElementsAre(1.5, -0.5, 0));
  EXPECT_EQ(site.forward(rows(1)).item<double>(), 2 * (1.5 - 5));
  site.adapter().after_step({});
  EXPECT_THAT(doubles(site.get("gate.value")), ElementsAre(1, 0, 0)) << "at the threshold";
}

TEST(Sora, ADeadZoneDropsWhatIsLeftBelowTheThreshold) {
  OneSite site("sora", {{"rank", 4}, {"threshold", 0.5}, {"threshold_rule", "dead_zone"}}, {});
  site.set("gate.value", torch::tensor({2.0, -0.75, 0.25, -1.25}, kDouble));
  site.adapter().after_step({});
  EXPECT_THAT(doubles(site.get("gate.value")), ElementsAre(1.5, 0, 0, -0.75));
}

TEST(Sora, TheL1LossIsTheMeanOverAllSitesGates) {
  OneSite site("sora", {{"rank", 3}, {"l1_weight", 10}}, {.sites = 2});
  site.set("gate.value", torch::tensor({2.0, -1.0, 0.0}, kDouble));
  site.forward(rows(4), {}, /*training=*/true);
  // This site's half of the mean, for four sequences.
  EXPECT_NEAR(site.adapter().take_auxiliary().sum.item<double>(), 10 * (2 + 1) / 6.0 * 4, 1e-14);
  site.forward(rows(4));
  EXPECT_FALSE(site.adapter().take_auxiliary().sum.defined()) << "in evaluation";
}

TEST(Sora, TheReleasedReading) {
  const Variant& sora = variants().find("sora");
  const nlohmann::json released = sora.resolve({{"reading", "released"}}, "options");
  EXPECT_EQ(released["threshold_rule"], "dead_zone");
  EXPECT_EQ(released["l1_weight"], 10);
  EXPECT_EQ(sora.released.size(), 3U) << "reading, threshold_rule, l1_weight";
}

TEST(Sora, AThresholdOfZeroKeepsTheGate) {
  OneSite site = sora_by_hand(0);
  site.adapter().after_step({});
  EXPECT_THAT(doubles(site.get("gate.value")), ElementsAre(2, -1, 0.25));
}

TEST(Sora, ARankWithAGateOfZeroIsNotCounted) {
  OneSite site = sora_by_hand();
  EXPECT_EQ(site.update().gate()->active_ranks(3, {}), 3);
  EXPECT_EQ(site.update().active_parameters(), 3 * (2 + 1) + 3);
  site.adapter().after_step({});
  site.forward(rows(3), {0, 1, 1});
  EXPECT_THAT(integers(site.update().evaluation_usage()->count()), ElementsAre(1, 1, 0, 2, 2, 0));
  EXPECT_EQ(site.update().gate()->active_ranks(3, {}), 2);
  EXPECT_EQ(site.update().active_parameters(), 2 * (2 + 1) + 3);
}

TEST(Sora, AGateOfZeroKeepsItsGradient) {
  OneSite site = sora_by_hand();
  site.adapter().after_step({});
  site.forward(rows(2), {0, 1}).sum().backward();
  EXPECT_THAT(doubles(site.get("gate.value").grad()), ElementsAre(4, 40, 400));
  EXPECT_THAT(doubles(site.get("lora_B").grad()), ElementsAre(2 * 3, 2 * -10, 0));
}

TEST(Sora, AGateOfOnesIsLora) {
  OneSite sora("sora", {{"rank", 4}}, {.in = 3, .out = 2});
  OneSite lora("lora", {{"rank", 4}}, {.in = 3, .out = 2});
  EXPECT_TRUE(torch::equal(sora.get("lora_A"), lora.get("lora_A"))) << "the same start";
  sora.set("gate.value", torch::ones({4}, kDouble));
  const Tensor b = torch::randn({2, 4}, kDouble);
  sora.set("lora_B", b);
  lora.set("lora_B", b);
  const Tensor x = torch::randn({6, 3}, kDouble);
  EXPECT_TRUE(torch::equal(sora.forward(x), lora.forward(x)));
}

TEST(Sora, TheGateStartsNormal) {
  const OneSite site("sora", {{"rank", 10000}}, {});
  const Tensor value = site.get("gate.value");  // five deviations of mean and mean square
  EXPECT_NEAR(value.mean().item<double>(), 0, 0.05);
  EXPECT_NEAR(value.square().mean().item<double>(), 1, 0.071);
  EXPECT_EQ(site.get("lora_B").abs().max().item<double>(), 0);
}

TEST(Sora, HoldsTheConformanceSuiteInItsReleasedReading) {
  conformance::run_all({.variant = "sora", .options = {{"rank", 6}, {"reading", "released"}}});
}

TEST(Sora, HoldsTheConformanceSuiteWithAThresholdThatPrunes) {
  conformance::run_all({.variant = "sora", .options = {{"rank", 6}, {"threshold", 0.2}}});
}

}  // namespace
}  // namespace rankwise
