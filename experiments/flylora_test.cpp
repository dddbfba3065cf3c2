#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace rankwise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using torch::Tensor;

// Four ranks, two active, alpha / r = 2. For x = (1, 0): A x = (1, -20, 3, 0.5), B adds.
OneSite flylora_by_hand() {
  OneSite site("flylora", {{"rank", 4}, {"active", 2}, {"balance_rate", 0.25}}, {});
  site.set("lora_A", OneSite::tensor({{1, 0}, {-20, 0}, {3, 0}, {0.5, 0}}));
  site.set("lora_B", OneSite::tensor({{1, 1, 1, 1}}));
  return site;
}

const Tensor& flylora_one_row() {
  static const Tensor row = OneSite::tensor({{1, 0}});
  return row;
}

TEST(FlyLora, UsesTheRanksOfLargestMagnitudeAtTheirOwnValue) {
  OneSite site = flylora_by_hand();
  EXPECT_EQ(site.forward(flylora_one_row()).item<double>(), 2 * (-20 + 3));
  EXPECT_THAT(doubles(site.update().evaluation_usage()->count()), ElementsAre(0, 1, 1, 0));
}

TEST(FlyLora, TheBiasMovesTheChoiceAndNotTheValue) {
  OneSite site = flylora_by_hand();
  site.set("gate.balance_bias", torch::tensor({0.0, -18.0, 0.0, 0.0}, torch::kFloat64));
  // |-20| - 18 = 2 still beats 1; at -19.5 it does not.
  EXPECT_EQ(site.forward(flylora_one_row()).item<double>(), 2 * (-20 + 3));
  site.set("gate.balance_bias", torch::tensor({0.0, -19.5, 0.0, 0.0}, torch::kFloat64));
  EXPECT_EQ(site.forward(flylora_one_row()).item<double>(), 2 * (1 + 3));
}

TEST(FlyLora, TheBiasMovesOnceAStepAgainstTheLoad) {
  OneSite site = flylora_by_hand();
  site.forward(flylora_one_row(), {}, /*training=*/true);
  site.adapter().after_step({});  // loads 0, 1, 1, 0; the mean is 1 / 2
  EXPECT_THAT(doubles(site.get("gate.balance_bias")), ElementsAre(0.25, -0.25, -0.25, 0.25));
}

TEST(FlyLora, RowsOfAHaveExactlyPNonZerosAndNormOne) {
  // density .25 of 1024: p = 256; a row's norm has deviation 1 / sqrt(2 p) = .044.
  const OneSite site("flylora", {}, {.in = 1024, .out = 4});
  const Tensor a = site.get("lora_A");
  EXPECT_EQ(a.size(0), 32);
  const Tensor filled = (a != 0).sum(1);
  EXPECT_TRUE((filled == 256).all().item<bool>()) << filled;
  EXPECT_LE((a.norm(2, 1) - 1).abs().max().item<double>(), 0.22);  // five deviations
  EXPECT_NEAR(a.norm(2, 1).mean().item<double>(), 1, 0.04);        // five over sqrt(32)
}

TEST(FlyLora, PlacesOfNonZerosDifferFromRowToRow) {
  const OneSite site("flylora", {}, {.in = 64});
  const Tensor filled = (site.get("lora_A") != 0);
  EXPECT_FALSE(torch::equal(filled[0], filled[1]));
  // 32 rows of 16 out of 64: every column is hit about 8 times; none is empty but with p < .01.
  EXPECT_GT(filled.sum(0).max().item<std::int64_t>(), 0);
  EXPECT_EQ(filled.sum().item<std::int64_t>(), 32 * 16);
}

TEST(FlyLora, PaperScaleIsOneOverRank) {
  const OneSite site("flylora", {{"init_scale", "paper"}, {"rank", 16}, {"active", 4}},
                     {.in = 1024});
  const Tensor a = site.get("lora_A");
  const double deviation = std::sqrt(a.square().sum().item<double>() / (16 * 256));
  EXPECT_NEAR(deviation, 1.0 / 16, 5.0 / 16 / std::sqrt(2 * 16 * 256));
}

TEST(FlyLora, ASmallDensityKeepsOneNonZero) {
  const OneSite site("flylora", {{"density", 1e-5}}, {.in = 16});
  EXPECT_TRUE(((site.get("lora_A") != 0).sum(1) == 1).all().item<bool>());
}

TEST(FlyLora, AIsFrozenAndPassesGradientsToItsInput) {
  OneSite site = flylora_by_hand();
  EXPECT_FALSE(site.get("lora_A").requires_grad());
  Tensor x = flylora_one_row().clone().requires_grad_(true);
  site.forward(x).sum().backward();
  EXPECT_FALSE(site.get("lora_A").grad().defined());
  EXPECT_THAT(doubles(x.grad()), ElementsAre(2 * (-20 + 3), 0));
  EXPECT_THAT(doubles(site.get("lora_B").grad()), ElementsAre(0, -40, 6, 0));
}

TEST(FlyLora, WithAllRanksActiveIsLoraWithFrozenA) {
  OneSite fly("flylora", {{"rank", 4}, {"active", 4}}, {.in = 8, .out = 3});
  OneSite lora("lora", {{"rank", 4}}, {.in = 8, .out = 3});
  const Tensor b = torch::randn({3, 4}, torch::kFloat64);
  fly.set("lora_B", b);
  lora.set("lora_B", b);
  lora.set("lora_A", fly.get("lora_A"));
  const Tensor x = torch::randn({6, 8}, torch::kFloat64);
  EXPECT_LE((fly.forward(x) - lora.forward(x)).abs().max().item<double>(), 1e-12);
}

TEST(FlyLora, RefusesMoreActiveRanksThanThereAre) {
  EXPECT_THAT(error_of([] {
                OneSite("flylora", {{"rank", 8}, {"active", 9}}, {});
              }),
              HasSubstr("9 is more than the 8 ranks there are"));
}

TEST(FlyLora, HoldsTheConformanceSuiteWithDenseAAndAFastBias) {
  conformance::run_all(
      {.variant = "flylora",
       .options = {{"rank", 6}, {"active", 2}, {"density", 1}, {"balance_rate", 0.05}}});
}

}  // namespace
}  // namespace rankwise
