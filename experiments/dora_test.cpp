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

// W = (3, 4), A = 1, B = (9, 1), scale 1: W + B A = (12, 5) of norm 13; the magnitude is 26.
OneSite dora_by_hand(bool detach_norm = true) {
  OneSite site("dora", {{"rank", 2}, {"alpha", 2}, {"detach_norm", detach_norm}},
               {.weight = OneSite::tensor({{3, 4}})});
  site.set("lora_A", OneSite::tensor({{1, 0}, {0, 1}}));
  site.set("lora_B", OneSite::tensor({{9, 1}}));
  site.set("magnitude", torch::tensor({26.0}, kDouble));
  return site;
}

TEST(Dora, TheOutputIsTheMagnitudeTimesTheUnitDirection) {
  OneSite site = dora_by_hand();
  const Tensor x = OneSite::tensor({{1, 0}, {1, 1}});
  EXPECT_THAT(doubles(site.forward(x)), ElementsAre(24, 34));  // 26 (12, 17) / 13
}

TEST(Dora, AlphaOverRankScalesTheDirection) {
  OneSite site("dora", {{"rank", 2}, {"alpha", 6}}, {.weight = OneSite::tensor({{3, 4}})});
  site.set("lora_A", OneSite::tensor({{1, 0}, {0, 1}}));
  site.set("lora_B", OneSite::tensor({{1, 0}}));
  // W + 3 B A = (6, 4); the magnitude starts at 5.
  EXPECT_NEAR(site.forward(OneSite::tensor({{1, 0}})).item<double>(), 5 * 6 / std::sqrt(52), 1e-14);
}

TEST(Dora, TheMagnitudeStartsAtTheRowNorms) {
  const OneSite site("dora", {}, {.out = 3, .weight = OneSite::tensor({{3, 4}, {0, 2}, {0, 0}})});
  EXPECT_THAT(doubles(site.get("magnitude")), ElementsAre(5, 2, DoubleNear(0, 1e-12)));
  EXPECT_EQ(site.get("lora_B").abs().max().item<double>(), 0);
}

TEST(Dora, ABiasStaysOutside) {
  OneSite site = dora_by_hand();
  const Batch none;
  const Pass pass{.batch = none, .count_usage = false};
  const FrozenLinear frozen{OneSite::tensor({{3, 4}}), torch::tensor({7.0}, kDouble)};
  EXPECT_EQ(site.update().forward(OneSite::tensor({{1, 0}}), frozen, pass).item<double>(), 24 + 7);
}

TEST(Dora, TheNormIsAConstantToTheGradient) {
  OneSite site = dora_by_hand();
  site.forward(OneSite::tensor({{1, 0}})).sum().backward();
  EXPECT_THAT(doubles(site.get("magnitude").grad()), ElementsAre(DoubleNear(12.0 / 13, 1e-15)));
  // The weight's gradient is 26 / 13 x = (2, 0).
  EXPECT_THAT(doubles(site.get("lora_B").grad()), ElementsAre(2, 0));
  EXPECT_THAT(doubles(site.get("lora_A").grad()), ElementsAre(18, 0, 2, 0));
}

TEST(Dora, WithoutDetachingTheGradientIsOrthogonalToTheDirection) {
  OneSite site = dora_by_hand(false);
  site.forward(OneSite::tensor({{1, 0}})).sum().backward();
  // 2 (x - 12 / 169 (12, 5)) = (50, -120) / 169.
  const auto near = [](double value) { return DoubleNear(value / 169, 1e-14); };
  EXPECT_THAT(doubles(site.get("lora_B").grad()), ElementsAre(near(50), near(-120)));
  EXPECT_THAT(doubles(site.get("lora_A").grad()),
              ElementsAre(near(450), near(-1080), near(50), near(-120)));
}

TEST(Dora, AtTheDirectionsOwnNormIsLora) {
  const Tensor weight = torch::randn({3, 4}, kDouble);
  OneSite dora("dora", {{"rank", 2}}, {.in = 4, .out = 3, .weight = weight});
  OneSite lora("lora", {{"rank", 2}}, {.in = 4, .out = 3, .weight = weight});
  const Tensor b = torch::randn({3, 2}, kDouble);
  dora.set("lora_B", b);
  lora.set("lora_B", b);
  const Tensor x = torch::randn({6, 4}, kDouble);
  EXPECT_GT((dora.forward(x) - lora.forward(x)).abs().max().item<double>(), 1e-3);
  dora.set("magnitude", (weight + 2 * b.mm(lora.get("lora_A").detach())).norm(2, 1));
  EXPECT_LE((dora.forward(x) - lora.forward(x)).abs().max().item<double>(), 1e-12);
}

TEST(Dora, CountsTheMagnitudeAsActive) {
  OneSite site("dora", {{"rank", 2}}, {.in = 4, .out = 3});
  EXPECT_EQ(site.update().active_parameters(), 2 * (4 + 3) + 3);
}

TEST(Dora, HoldsTheConformanceSuiteWithoutDetaching) {
  conformance::run_all({.variant = "dora", .options = {{"rank", 2}, {"detach_norm", false}}});
}

}  // namespace
}  // namespace rankwise
