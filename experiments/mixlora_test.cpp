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
using fixtures::rows;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using torch::Tensor;

// Three experts of one rank, alpha / r = 2. For x = (1, 0): logits (0, ln 3, -ln 3), softmax
// (3, 9, 1) / 13, A x = (1, 10, 100), B adds.
OneSite mixlora_by_hand(json options) {
  options.update({{"experts", 3}, {"rank", 1}});
  OneSite site("mixlora", options, {});
  const double log3 = std::log(3.0);
  site.set("gate.router", OneSite::tensor({{0, 0}, {log3, 0}, {-log3, 0}}));
  site.set("lora_A", OneSite::tensor({{1, 0}, {10, 0}, {100, 0}}));
  site.set("lora_B", OneSite::tensor({{1, 1, 1}}));
  return site;
}

TEST(MixLora, ATokenUsesItsTopExpertsAtTheirRenormalisedSoftmax) {
  OneSite two = mixlora_by_hand({});
  EXPECT_NEAR(two.forward(rows(1)).item<double>(), 2 * (0.25 * 1 + 0.75 * 10), kRounding);
  EXPECT_THAT(doubles(two.update().evaluation_usage()->count()), ElementsAre(1, 1, 0));
  OneSite one = mixlora_by_hand({{"active", 1}});
  EXPECT_NEAR(one.forward(rows(1)).item<double>(), 2 * 10, kRounding);
  OneSite all = mixlora_by_hand({{"active", 3}});
  EXPECT_NEAR(all.forward(rows(1)).item<double>(), 2 * (3 + 90 + 100) / 13.0, kRounding);
}

TEST(MixLora, TheSwitchLossIsAHundredthOfTheLoadsTimesTheProbabilities) {
  // Half of the choices fell on each of experts 0 and 1: 3 * (3 + 9) / 13 / 2, for four sequences.
  const auto term = [](const json& options, bool training) {
    OneSite site = mixlora_by_hand(options);
    site.forward(rows(4), {}, training);
    return site.adapter().take_auxiliary();
  };
  const AuxiliaryTerm usual = term(json::object(), true);
  EXPECT_NEAR(usual.sum.item<double>(), 0.01 * 4 * 18 / 13.0, 1e-14);
  EXPECT_NEAR(term({{"balance_weight", 0.5}}, true).sum.item<double>(), 0.5 * 4 * 18 / 13.0, 1e-12);
  EXPECT_FALSE(term({{"balance_weight", 0}}, true).sum.defined());
  // Over tokens each of two choices counts whole: loads 1 and 1, where they were halves.
  EXPECT_NEAR(term({{"load_over", "tokens"}}, true).sum.item<double>(), 0.01 * 4 * 36 / 13.0,
              1e-14);
  EXPECT_NEAR(term({{"reading", "released"}}, true).sum.item<double>(), 0.01 * 4 * 36 / 13.0,
              1e-14);
  EXPECT_FALSE(term(json::object(), false).sum.defined()) << "in evaluation";
}

TEST(MixLora, AlphaIsTwiceTheRankOfAnExpertUnlessSaid) {
  EXPECT_EQ(OneSite("mixlora", {}, {}).update().factors()->scale, 2);
  EXPECT_EQ(OneSite("mixlora", {{"alpha", 8}}, {}).update().factors()->scale, 0.5);
}

// Ranks of the update of each of these sites, in one adapter.
std::vector<std::int64_t> ranks_at(const std::vector<std::string>& names, const json& options) {
  const Variant& mixlora = variants().find("mixlora");
  const auto adapter = mixlora.make(mixlora.resolve(options, "options"));
  const AdapterInputs inputs{1, static_cast<std::int64_t>(names.size()), kDouble, Seed(1), {}};
  std::vector<std::int64_t> ranks;
  ranks.reserve(names.size());
  for (const std::string& name : names) {
    ranks.push_back(adapter->make_update({name, 2, 2, {}}, inputs)->ranks());
  }
  return ranks;
}

TEST(MixLora, FeedForwardLinearsHaveExpertsAndOthersPlainLora) {
  EXPECT_THAT(
      ranks_at({"encoder.layer.0.attention.self.query", "encoder.layer.0.attention.output.dense",
                "encoder.layer.0.intermediate.dense", "encoder.layer.0.output.dense",
                "encoder.layer.11.intermediate.dense", "encoder.layer.11.output.dense"},
               json::object()),
      ElementsAre(16, 16, 128, 128, 128, 128));
  EXPECT_THAT(ranks_at({"layers.0.self_attn.o_proj", "layers.0.mlp.up_proj",
                        "encoder.block.0.layer.0.SelfAttention.q",
                        "decoder.block.0.layer.1.EncDecAttention.o",
                        "decoder.block.0.layer.2.DenseReluDense.wo"},
                       json::object()),
              ElementsAre(16, 128, 16, 16, 128));
  EXPECT_THAT(ranks_at({"layer.0", "layer.1"}, json::object()), ElementsAre(128, 128)) << "tiny";
  EXPECT_THAT(ranks_at({"layer.0", "layer.1"}, {{"expert_sites", {"*.1"}}}), ElementsAre(16, 128));
}

TEST(MixLora, ASiteWithoutExpertsIsLora) {
  const Variant& mixlora = variants().find("mixlora");
  const auto adapter = mixlora.make({{"rank", 4}});
  const auto update = adapter->make_update({"encoder.layer.0.attention.self.key", 2, 1, {}},
                                           {1, 2, kDouble, Seed(1), {}});
  OneSite lora("lora", {{"rank", 4}}, {});
  EXPECT_EQ(update->router_parameters(), 0);
  EXPECT_EQ(update->active_parameters(), lora.update().active_parameters());
  EXPECT_EQ(update->factors()->scale, lora.update().factors()->scale);
}

TEST(MixLora, TheRouterStartsNormalAndSmall) {
  const OneSite site("mixlora", {}, {.in = 160});
  // A deviation of 1280 draws is within 5 / sqrt(2 * 1280).
  EXPECT_NEAR(site.get("gate.router").std().item<double>(), 0.02, 0.002);
}

TEST(MixLora, IsSmoraWithSoftmaxBlocks) {
  OneSite mix("mixlora", {{"experts", 4}, {"active", 2}, {"rank", 3}}, {.in = 3});
  OneSite smora("smora",
                {{"rank", 12}, {"active", 6}, {"partition", 3}, {"alpha", 6}, {"gate", "softmax"}},
                {.in = 3});
  mix.set("lora_B", torch::randn({1, 12}, kDouble));
  for (const char* name : {"lora_A", "lora_B", "gate.router"}) smora.set(name, mix.get(name));
  const Tensor x = torch::randn({6, 3}, kDouble);
  EXPECT_LE((mix.forward(x) - smora.forward(x)).abs().max().item<double>(), kRounding);
}

TEST(MixLora, DropoutIsOnTheInputOfAAndRouter) {
  OneSite site = mixlora_by_hand({{"dropout", 0.5}});
  // Inputs become 0 or 2; at 2 the shares are .1 and .9, A x = (2, 20).
  const std::vector<double> outputs = doubles(site.forward(rows(40), {}, /*training=*/true));
  EXPECT_THAT(outputs, Each(AnyOf(0, DoubleNear(2 * (0.1 * 2 + 0.9 * 20), kRounding))));
  EXPECT_THAT(outputs, AllOf(Contains(0), Contains(Gt(0))));
}

TEST(MixLora, RefusesTooManyActiveExpertsAndARunWithoutAny) {
  EXPECT_THAT(error_of([] {
                OneSite("mixlora", {{"active", 9}}, {});
              }),
              HasSubstr("options.active: 9 is more than the 8 experts there are"));
  const std::string message = "expert_sites: none of the adapted linears has experts; the last one";
  EXPECT_THAT(error_of([] {
                OneSite("mixlora", {{"expert_sites", {"*.dense"}}}, {});
              }),
              HasSubstr(message + " is site"));
  EXPECT_THAT(error_of([] {
                ranks_at({"a.attention.key", "a.attention.value"}, json::object());
              }),
              HasSubstr(message + " is a.attention.value"));
}

TEST(MixLora, HoldsTheConformanceSuite) {
  conformance::run_all({.variant = "mixlora", .options = {{"experts", 3}, {"rank", 2}}});
}

TEST(MixLora, WithoutTheSwitchLossMicroBatchesChangeNothing) {
  for (const conformance::Check& check : conformance::checks()) {
    if (check.name != "micro_batches") continue;
    check.run({.variant = "mixlora", .options = {{"balance_weight", 0}}});
    return;
  }
  FAIL() << "there is no such check";
}

}  // namespace
}  // namespace rankwise
