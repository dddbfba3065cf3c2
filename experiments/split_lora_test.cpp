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
using nlohmann::json;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using torch::Tensor;

// Split-LoRA 3 x 2, alpha / r = 2. For x = (1, 0): scores sigmoid(0, ln 3, -ln 3) =
// (.5, .75, .25), A x = (1, 1, 10, 10, 100, 100), B adds.
OneSite split_lora_by_hand(std::int64_t active) {
  OneSite site("split_lora", {{"rank", 6}, {"experts", 3}, {"active", active}}, {});
  const double log3 = std::log(3.0);
  site.set("gate.router", OneSite::tensor({{0, 0}, {log3, 0}, {-log3, 0}}));
  site.set("lora_A", OneSite::tensor({{1, 0}, {1, 0}, {10, 0}, {10, 0}, {100, 0}, {100, 0}}));
  site.set("lora_B", torch::ones({1, 6}, kDouble));
  return site;
}

const Tensor& split_lora_one_row() {
  static const Tensor row = OneSite::tensor({{1, 0}});
  return row;
}

TEST(SplitLora, ATokenUsesItsTopExpertsAtTheirSigmoid) {
  OneSite one = split_lora_by_hand(2);
  EXPECT_NEAR(one.forward(split_lora_one_row()).item<double>(), 2 * 0.75 * 20, kRounding);
  EXPECT_THAT(doubles(one.update().evaluation_usage()->count()), ElementsAre(0, 0, 1, 1, 0, 0));
  OneSite two = split_lora_by_hand(4);
  EXPECT_NEAR(two.forward(split_lora_one_row()).item<double>(), 2 * (0.5 * 2 + 0.75 * 20),
              kRounding);
  OneSite all = split_lora_by_hand(6);
  EXPECT_NEAR(all.forward(split_lora_one_row()).item<double>(),
              2 * (0.5 * 2 + 0.75 * 20 + 0.25 * 200), kRounding);
}

TEST(SplitLora, OnlyTheChosenExpertTeachesTheRouter) {
  OneSite site = split_lora_by_hand(2);
  site.forward(split_lora_one_row()).sum().backward();
  // y = 2 * 20 * s with s = .75 and ds/dl = s (1 - s).
  EXPECT_THAT(doubles(site.get("gate.router").grad()),
              ElementsAre(0, 0, DoubleNear(40 * 0.1875, kRounding), 0, 0, 0));
}

TEST(SplitLora, AlphaIsTwiceTheTotalRankUnlessSaid) {
  EXPECT_EQ(split_lora_by_hand(2).update().factors()->scale, 2);
  EXPECT_EQ(OneSite("split_lora", {{"alpha", 16}}, {}).update().factors()->scale, 0.5);
}

TEST(SplitLora, IsFourExpertsOfRankEightOfWhichOneIsActive) {
  OneSite site("split_lora", {}, {.in = 16});
  EXPECT_EQ(site.get("lora_A").size(0), 32);
  EXPECT_EQ(site.get("gate.router").size(0), 4);
  EXPECT_EQ(site.update().gate()->active_ranks(32, {}), 8);
}

TEST(SplitLora, IsSmoraWithRawSigmoidsAndNoBalancing) {
  for (const std::int64_t experts : {2, 4, 8}) {
    OneSite split("split_lora", {{"rank", 8}, {"experts", experts}, {"active", 4}}, {.in = 3});
    OneSite smora("smora",
                  {{"rank", 8},
                   {"active", 4},
                   {"partition", 8 / experts},
                   {"alpha", 16},
                   {"scale", "rank"},
                   {"gate", "raw"},
                   {"balance_rate", 0}},
                  {.in = 3});
    split.set("lora_B", torch::randn({1, 8}, kDouble));
    for (const char* name : {"lora_A", "lora_B", "gate.router"}) smora.set(name, split.get(name));
    const Tensor x = torch::randn({6, 3}, kDouble);
    EXPECT_LE((split.forward(x) - smora.forward(x)).abs().max().item<double>(), kRounding);
  }
}

TEST(SplitLora, WithAnEvenRouterAndAllExpertsIsLoraAtHalfTheScale) {
  OneSite split("split_lora", {{"rank", 4}, {"experts", 2}, {"active", 4}}, {.in = 3});
  OneSite lora("lora", {{"rank", 4}, {"alpha", 4}}, {.in = 3});
  split.set("gate.router", torch::zeros({2, 3}, kDouble));
  split.set("lora_B", torch::randn({1, 4}, kDouble));
  for (const char* name : {"lora_A", "lora_B"}) lora.set(name, split.get(name));
  const Tensor x = torch::randn({6, 3}, kDouble);
  EXPECT_LE((split.forward(x) - lora.forward(x)).abs().max().item<double>(), kRounding);
}

TEST(SplitLora, RefusesRanksThatAreNoWholeExperts) {
  const auto error = [](const json& options) {
    return error_of([&] { OneSite("split_lora", options, {}); });
  };
  EXPECT_THAT(error({{"active", 40}}),
              HasSubstr("options.active: 40 is more than the 32 ranks there are"));
  EXPECT_THAT(error({{"experts", 5}}), HasSubstr("options.experts: 5 do not divide 32 ranks"));
  EXPECT_THAT(error({{"active", 12}}),
              HasSubstr("options.active: 12 is no multiple of the 8 ranks of one expert"));
}

TEST(SplitLora, HoldsTheConformanceSuite) {
  conformance::run_all(
      {.variant = "split_lora", .options = {{"rank", 6}, {"experts", 6}, {"active", 2}}});
}

}  // namespace
}  // namespace rankwise
