#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace rankwise {
namespace {

using fixtures::kRounding;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using torch::Tensor;

// Three ranks, two active, alpha / k = 8. For x = (1, 0): scores sigmoid(0, ln 3, -ln 3) =
// (.5, .75, .25), A x = (1, 10, 100), B adds.
OneSite smora_by_hand(double rate = 0.25) {
  OneSite site("smora", {{"rank", 3}, {"active", 2}, {"alpha", 16}, {"balance_rate", rate}}, {});
  const double log3 = std::log(3.0);
  site.set("gate.router", OneSite::tensor({{0, 0}, {log3, 0}, {-log3, 0}}));
  site.set("lora_A", OneSite::tensor({{1, 0}, {10, 0}, {100, 0}}));
  site.set("lora_B", OneSite::tensor({{1, 1, 1}}));
  return site;
}

const Tensor& smora_one_row() {
  static const Tensor row = OneSite::tensor({{1, 0}});
  return row;
}

TEST(Smora, GateIsTheChosenSigmoidsNormalisedToK) {
  OneSite site = smora_by_hand();
  // .5 and .75 become .8 and 1.2: 8 * (.8 * 1 + 1.2 * 10).
  EXPECT_NEAR(site.forward(smora_one_row()).item<double>(), 8 * 12.8, kRounding);
  EXPECT_THAT(doubles(site.update().evaluation_usage()->gate_mass()),
              ElementsAre(DoubleNear(0.8, 1e-15), DoubleNear(1.2, 1e-15), 0));
}

TEST(Smora, GatesOfEveryRowSumToK) {
  OneSite site("smora", {{"rank", 16}, {"active", 5}}, {.in = 4});
  site.forward(torch::randn({50, 4}, torch::kFloat64) * 3);
  const RankUsage& usage = *site.update().evaluation_usage();
  EXPECT_NEAR(usage.gate_mass().sum().item<double>(), 50 * 5, 1e-10);
  EXPECT_EQ(usage.count().sum().item<std::int64_t>(), 50 * 5);
}

TEST(Smora, TheBiasMovesTheChoiceAndNotTheGate) {
  OneSite site = smora_by_hand();
  site.set("gate.balance_bias", torch::tensor({0.0, 0.0, 0.4}, torch::kFloat64));
  // .25 + .4 now beats .5; ranks 1 and 2 at .75 and .25 become 1.5 and .5.
  EXPECT_NEAR(site.forward(smora_one_row()).item<double>(), 8 * (1.5 * 10 + 0.5 * 100), kRounding);
}

TEST(Smora, TheBiasMovesByTheRateAgainstTheLoad) {
  OneSite site = smora_by_hand(0.25);
  site.forward(smora_one_row(), {}, /*training=*/true);  // loads 1, 1, 0; the mean is 2 / 3
  EXPECT_THAT(doubles(site.get("gate.balance_bias")), ElementsAre(0, 0, 0))
      << "not before the step";
  site.adapter().after_step({});
  EXPECT_THAT(doubles(site.get("gate.balance_bias")), ElementsAre(-0.25, -0.25, 0.25));
  site.forward(smora_one_row());
  site.adapter().after_step({});  // nothing was trained: all loads are zero
  EXPECT_THAT(doubles(site.get("gate.balance_bias")), ElementsAre(-0.25, -0.25, 0.25));
}

TEST(Smora, TheRouterLearnsThroughTheNormalisedScores) {
  OneSite site = smora_by_hand();
  site.forward(smora_one_row()).sum().backward();
  // y = 8 * 2 * (s0 * 1 + s1 * 10) / (s0 + s1) with s0 = .5, s1 = .75 and ds/dl = s (1 - s).
  const double sum = 1.25;
  const double y = 16 * (0.5 + 7.5) / sum;
  const double d0 = (16 * 1 - y) / sum * 0.25;
  const double d1 = (16 * 10 - y) / sum * 0.1875;
  EXPECT_THAT(doubles(site.get("gate.router").grad()),
              ElementsAre(DoubleNear(d0, 1e-12), 0, DoubleNear(d1, 1e-12), 0, 0, 0));
}

TEST(Smora, WithAllRanksActiveAndAnEvenRouterIsLora) {
  OneSite smora("smora", {{"rank", 4}, {"active", 4}, {"alpha", 8}}, {.in = 3, .out = 2});
  OneSite lora("lora", {{"rank", 4}, {"alpha", 8}}, {.in = 3, .out = 2});
  smora.set("gate.router", torch::zeros({4, 3}, torch::kFloat64));
  const Tensor b = torch::randn({2, 4}, torch::kFloat64);
  smora.set("lora_B", b);
  lora.set("lora_B", b);
  lora.set("lora_A", smora.get("lora_A"));
  const Tensor x = torch::randn({6, 3}, torch::kFloat64);
  EXPECT_LE((smora.forward(x) - lora.forward(x)).abs().max().item<double>(), kRounding);
}

TEST(Smora, RefusesMoreActiveRanksThanThereAre) {
  EXPECT_THAT(error_of([] {
                OneSite("smora", {{"rank", 8}, {"active", 9}}, {});
              }),
              HasSubstr("9 is more than the 8 ranks there are"));
}

TEST(Smora, HoldsTheConformanceSuiteWithAFastBias) {
  conformance::run_all(
      {.variant = "smora", .options = {{"rank", 6}, {"active", 2}, {"balance_rate", 0.05}}});
}

}  // namespace
}  // namespace rankwise
