#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

namespace rankwise {
namespace {

using ::testing::ElementsAre;
using torch::Tensor;

// W = {{3, 4}, {5, 6}}: W x = (7, 11) for x = (1, 1). The one site's name is "site".
OneSite ia3_by_hand(const nlohmann::json& options) {
  OneSite site("ia3", options, {.out = 2, .weight = OneSite::tensor({{3, 4}, {5, 6}})});
  site.set("scale", torch::tensor({2.0, 10.0}, kDouble));
  return site;
}

Tensor with_bias(OneSite& site) {
  const Batch none;
  const FrozenLinear frozen{OneSite::tensor({{3, 4}, {5, 6}}), torch::tensor({1.0, 2.0}, kDouble)};
  return site.update().forward(OneSite::tensor({{1, 1}}), frozen, {.batch = none});
}

TEST(Ia3, ScalesTheOutputOfASite) {
  OneSite site = ia3_by_hand({});
  EXPECT_THAT(doubles(site.forward(OneSite::tensor({{1, 1}}))), ElementsAre(14, 110));
  EXPECT_THAT(doubles(with_bias(site)), ElementsAre(2 * 8, 10 * 13)) << "the bias with it";
}

TEST(Ia3, ScalesTheInputOfAnInputSite) {
  OneSite site = ia3_by_hand({{"input_sites", {"layer.*", "s?te"}}});
  EXPECT_THAT(doubles(site.forward(OneSite::tensor({{1, 1}}))), ElementsAre(46, 70));
  EXPECT_THAT(doubles(with_bias(site)), ElementsAre(47, 72));
}

TEST(Ia3, StartsAtOneWithAScaleForEachOutputOrInput) {
  const OneSite output("ia3", {}, {.in = 2, .out = 3});
  EXPECT_THAT(doubles(output.get("scale")), ElementsAre(1, 1, 1));
  const OneSite input("ia3", {{"input_sites", {"*"}}}, {.in = 2, .out = 3});
  EXPECT_THAT(doubles(input.get("scale")), ElementsAre(1, 1));
}

TEST(Ia3, BothSidesHaveTheirGradient) {
  OneSite output = ia3_by_hand({});
  output.forward(OneSite::tensor({{1, 1}})).sum().backward();
  EXPECT_THAT(doubles(output.get("scale").grad()), ElementsAre(7, 11));
  OneSite input = ia3_by_hand({{"input_sites", {"site"}}});
  input.forward(OneSite::tensor({{1, 1}})).sum().backward();
  EXPECT_THAT(doubles(input.get("scale").grad()), ElementsAre(3 + 5, 4 + 6));
}

TEST(Ia3, ByDefaultTheFeedForwardsSecondLinearIsScaledAtItsInput) {
  const auto model = toy::model({.variant = "ia3"});
  std::int64_t inputs = 0;
  for (const auto& [site, update] : model->adapter().attached()) {
    const bool second =
        site.name == "encoder.layer.0.output.dense" || site.name == "encoder.layer.1.output.dense";
    inputs += second ? 1 : 0;
    EXPECT_EQ(update->active_parameters(), second ? 24 : site.out) << site.name;
  }
  EXPECT_EQ(inputs, 2);
}

TEST(Ia3, LayersOfTwoDigitsAreInputSitesAndAttentionsOutputIsNot) {
  const std::unique_ptr<Adapter> adapter = variants().find("ia3").make(nlohmann::json::object());
  const AdapterInputs adapter_inputs{.options = kDouble};
  const auto scales = [&](const char* name) {
    return adapter->make_update({name, 2, 3, {}}, adapter_inputs)->active_parameters();
  };
  EXPECT_EQ(scales("encoder.layer.11.output.dense"), 2);
  EXPECT_EQ(scales("encoder.layer.11.attention.output.dense"), 3);
  EXPECT_EQ(scales("encoder.layer.1.attention.output.dense"), 3);
}

TEST(Ia3, HasNoRanks) {
  OneSite site = ia3_by_hand({});
  EXPECT_EQ(site.update().ranks(), 0);
  EXPECT_EQ(site.update().gate(), nullptr);
  EXPECT_FALSE(site.update().factors().has_value());
}

TEST(Ia3, HoldsTheConformanceSuiteWithInputsScaledEverywhere) {
  conformance::run_all({.variant = "ia3", .options = {{"input_sites", {"*"}}}});
}

}  // namespace
}  // namespace rankwise
