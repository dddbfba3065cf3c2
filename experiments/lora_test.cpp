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
  const auto update = [](const nlohmann::json& options) {
    OneSite site("lora", options, {});
    return std::pair(site.update().ranks(), site.update().factors()->scale);
  };
  EXPECT_EQ(update({{"rank", 5}, {"site_options", {{"*", {{"rank", 4}, {"alpha", 6}}}}}}),
            std::pair(std::int64_t{4}, 1.5));
  EXPECT_EQ(update({{"rank", 5}, {"site_options", {{"*", {{"rank", 4}}}}}}),
            std::pair(std::int64_t{4}, 2.0))
      << "an alpha of twice the site's own rank";
  EXPECT_EQ(update({{"alpha", 8}, {"site_options", {{"*", {{"rank", 2}}}}}}),
            std::pair(std::int64_t{2}, 4.0))
      << "the common alpha over the site's own rank";
  EXPECT_EQ(update({{"rank", 5}, {"site_options", {{"other.*", {{"rank", 4}}}}}}).first, 5);
}

TEST(Lora, GoesToPeftWithItsSitesRanksAndScales) {
  const Variant& lora = variants().find("lora");
  const nlohmann::json options = lora.resolve(
      {{"alpha", 8},
       {"site_options",
        {{"q", {{"rank", 4}}}, {"v", {{"scaling", "rank_stabilised"}, {"rank", 16}}}}}},
      "options");
  const nlohmann::json config =
      lora.facts.peft->write(options, {{"q", "m.q"}, {"k", "m.k"}, {"v", "m.v"}});
  EXPECT_EQ(config.at("use_rslora"), false);
  EXPECT_EQ(config.at("rank_pattern"), nlohmann::json({{"m.q", 4}, {"m.v", 16}}));
  EXPECT_EQ(config.at("alpha_pattern"), nlohmann::json({{"m.v", 32}})) << "32 / 16 = 8 / sqrt(16)";
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
