#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace rankwise {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using torch::Tensor;

// Two ranks, two heads, alpha / r = 2. For x = (1, 0): shares softmax(ln 3, 0) = (.75, .25),
// A x = (1, 10), and the heads give 11 and 10100. For x = (0, 1): even shares, A x = (2, 20).
OneSite hydralora_by_hand(json options = json::object()) {
  options.update({{"rank", 2}, {"heads", 2}, {"alpha", 4}});
  OneSite site("hydralora", options, {});
  site.set("gate.router", OneSite::tensor({{std::log(3.0), 0}, {0, 0}}));
  site.set("lora_A", OneSite::tensor({{1, 2}, {10, 20}}));
  site.set("lora_B", OneSite::tensor({{1, 1, 100, 1000}}));
  return site;
}

TEST(HydraLora, MixesTheHeadsOfEachRowByItsShares) {
  OneSite site = hydralora_by_hand();
  EXPECT_THAT(doubles(site.forward(OneSite::tensor({{1, 0}, {0, 1}}))),
              ElementsAre(DoubleNear(2 * (0.75 * 11 + 0.25 * 10100), 1e-9),
                          DoubleNear(2 * (0.5 * 22 + 0.5 * 20200), 1e-9)));
}

TEST(HydraLora, EveryRankIsUsedAtTheShareOfItsHead) {
  OneSite site = hydralora_by_hand();
  site.forward(OneSite::tensor({{1, 0}}));
  const RankUsage& usage = *site.update().evaluation_usage();
  EXPECT_THAT(doubles(usage.count()), ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(doubles(usage.gate_mass()),
              ElementsAre(DoubleNear(0.75, 1e-15), DoubleNear(0.75, 1e-15), DoubleNear(0.25, 1e-15),
                          DoubleNear(0.25, 1e-15)));
}

TEST(HydraLora, TheRouterLearnsThroughTheSoftmax) {
  OneSite site = hydralora_by_hand();
  site.forward(OneSite::tensor({{1, 0}})).sum().backward();
  const double slope = 2 * 0.75 * 0.25 * (11 - 10100);
  EXPECT_THAT(doubles(site.get("gate.router").grad()),
              ElementsAre(DoubleNear(slope, 1e-9), 0, DoubleNear(-slope, 1e-9), 0));
}

TEST(HydraLora, TheFactorsRepeatAForEveryHead) {
  OneSite site = hydralora_by_hand();
  const Factors factors = *site.update().factors();
  EXPECT_THAT(doubles(factors.a), ElementsAre(1, 2, 10, 20, 1, 2, 10, 20));
  EXPECT_THAT(doubles(factors.b), ElementsAre(1, 1, 100, 1000));
}

TEST(HydraLora, AlphaIsTwiceTheRankUnlessSaid) {
  EXPECT_EQ(OneSite("hydralora", {{"rank", 5}}, {}).update().factors()->scale, 2);
  EXPECT_EQ(OneSite("hydralora", {{"rank", 5}, {"alpha", 15}}, {}).update().factors()->scale, 3);
}

TEST(HydraLora, DropoutActsOnTheInputOfAAndRouterInTraining) {
  OneSite site = hydralora_by_hand({{"dropout", 0.5}});
  const Tensor x = OneSite::tensor({{1, 0}}).repeat({64, 1});
  // A row that is kept is (2, 0): shares softmax(2 ln 3, 0) = (.9, .1), A x = (2, 20).
  const double kept = 2 * (0.9 * 22 + 0.1 * 20200);
  const auto outputs = doubles(site.forward(x, {}, /*training=*/true));
  EXPECT_THAT(outputs, AllOf(Each(AnyOf(0, DoubleNear(kept, 1e-9))), Contains(0),
                             Contains(DoubleNear(kept, 1e-9))));
  EXPECT_THAT(doubles(site.forward(x)), Each(DoubleNear(2 * (0.75 * 11 + 0.25 * 10100), 1e-9)));
}

TEST(HydraLora, ARowUsesAllParameters) {
  OneSite site("hydralora", {{"rank", 2}, {"heads", 3}}, {.in = 6, .out = 5});
  EXPECT_EQ(site.update().active_parameters(), 2 * 6 + 3 * 2 * 5 + 3 * 6);
}

TEST(HydraLora, WithOneHeadIsLoraAndHasNoRouterToTrain) {
  OneSite hydra("hydralora", {{"rank", 4}, {"heads", 1}}, {.in = 3, .out = 2});
  OneSite lora("lora", {{"rank", 4}}, {.in = 3, .out = 2});
  const Tensor b = torch::randn({2, 4}, torch::kFloat64);
  hydra.set("lora_B", b);
  lora.set("lora_B", b);
  lora.set("lora_A", hydra.get("lora_A"));
  const Tensor x = torch::randn({6, 3}, torch::kFloat64);
  EXPECT_LE((hydra.forward(x) - lora.forward(x)).abs().max().item<double>(), 1e-12);
  EXPECT_EQ(hydra.update().active_parameters(), lora.update().active_parameters());
}

TEST(HydraLora, StartsWithUniformAAndRouterAndZeroB) {
  const OneSite site("hydralora", {{"rank", 16}, {"heads", 16}}, {.in = 16, .out = 8});
  for (const char* name : {"lora_A", "gate.router"}) {
    const double largest = site.get(name).abs().max().item<double>();
    EXPECT_LE(largest, 0.25) << name;  // 1 / sqrt(16)
    EXPECT_GT(largest, 0.24) << name;
  }
  EXPECT_EQ(site.get("lora_B").abs().max().item<double>(), 0);
}

TEST(HydraLora, RefusesSizesBelowOne) {
  for (const char* name : {"rank", "heads", "alpha"}) {
    EXPECT_THAT(error_of([&] {
                  OneSite("hydralora", {{name, 0}}, {});
                }),
                HasSubstr(std::string("options.") + name));
  }
  EXPECT_THAT(error_of([] {
                OneSite("hydralora", {{"dropout", 1}}, {});
              }),
              HasSubstr("options.dropout"));
}

TEST(HydraLora, HoldsTheConformanceSuite) {
  conformance::run_all({.variant = "hydralora", .options = {{"rank", 2}, {"heads", 1}}});
}

}  // namespace
}  // namespace rankwise
