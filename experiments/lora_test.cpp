#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::ElementsAre;

TEST(Lora, AddsAlphaOverRankTimesBA) {
  OneSite site("lora", {{"rank", 2}, {"alpha", 6}}, {.in = 2, .out = 2});
  site.set("lora_A", OneSite::tensor({{1, 0}, {1, 1}}));
  site.set("lora_B", OneSite::tensor({{1, 0}, {10, 100}}));
  // A x = (3, 7) for x = (3, 4); B A x = (3, 730); alpha / r = 3.
  EXPECT_THAT(doubles(site.forward(OneSite::tensor({{3, 4}}))), ElementsAre(9, 2190));
  EXPECT_EQ(site.update().factors()->scale, 3);
}

TEST(Lora, AlphaIsTwiceTheRankUnlessSaid) {
  EXPECT_EQ(OneSite("lora", {{"rank", 5}}, {}).update().factors()->scale, 2);
}

TEST(Lora, GivesSitesRanksAndAlphasOfTheirOwn) {
  const nlohmann::json options{
      {"rank", 5}, {"site_ranks", {{"*", 4}}}, {"site_alphas", {{"*", 6}}}};
  OneSite site("lora", options, {});
  EXPECT_EQ(site.update().ranks(), 4);
  EXPECT_EQ(site.update().factors()->scale, 1.5);
  const nlohmann::json elsewhere{{"rank", 5}, {"site_ranks", {{"other.*", 4}}}};
  EXPECT_EQ(OneSite("lora", elsewhere, {}).update().ranks(), 5);
  EXPECT_THROW(OneSite("lora", {{"site_ranks", {{"*", 0}}}}, {}), Error);
}

TEST(Lora, StartsWithUniformAAndZeroB) {
  const OneSite site("lora", {{"rank", 64}}, {.in = 16, .out = 8});
  EXPECT_EQ(site.get("lora_B").abs().max().item<double>(), 0);
  const double largest = site.get("lora_A").abs().max().item<double>();
  EXPECT_LE(largest, 0.25);  // 1 / sqrt(16)
  EXPECT_GT(largest, 0.24);
}

TEST(Lora, EveryRowUsesEveryRank) {
  OneSite site("lora", {{"rank", 3}}, {.tasks = 2});
  site.forward(OneSite::tensor({{1, 2}, {3, 4}, {5, 6}}), {0, 1, 1});
  EXPECT_TRUE(torch::equal(site.update().evaluation_usage()->count(),
                           torch::tensor({{1, 1, 1}, {2, 2, 2}}, torch::kInt64)));
}

TEST(Lora, HoldsTheConformanceSuiteAtRankOne) {
  conformance::run_all({.variant = "lora", .options = {{"rank", 1}, {"alpha", 3}}});
}

}  // namespace
}  // namespace rankwise
