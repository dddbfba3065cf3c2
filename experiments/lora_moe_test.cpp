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
// (3, 9, 1) / 13, A x = (1, 10, 100), B = (1, 2, 3).
OneSite lora_moe_by_hand(json options) {
  options.update({{"experts", 3}, {"rank", 1}, {"alpha", 2}});
  OneSite site("lora_moe", options, {});
  const double log3 = std::log(3.0);
  site.set("gate.router", OneSite::tensor({{0, 0}, {log3, 0}, {-log3, 0}}));
  site.set("lora_A", OneSite::tensor({{1, 0}, {10, 0}, {100, 0}}));
  site.set("lora_B", OneSite::tensor({{1, 2, 3}}));
  return site;
}

double lora_moe_output(const char* routing) {
  OneSite site = lora_moe_by_hand({{"routing", routing}});
  return site.forward(rows(1)).item<double>();
}

TEST(LoraMoe, Routings) {
  EXPECT_NEAR(lora_moe_output("soft"), 2 * (3 * 1 + 9 * 20 + 1 * 300) / 13.0, kRounding);
  EXPECT_NEAR(lora_moe_output("top1"), 2 * 20, kRounding) << "without the gate's weight";
  EXPECT_NEAR(lora_moe_output("top2"), 2 * (0.25 * 1 + 0.75 * 20), kRounding);
  // Merged A x = (3 + 90 + 100) / 13, merged B = (3 + 18 + 3) / 13.
  EXPECT_NEAR(lora_moe_output("smear"), 2 * (193 / 13.0) * (24 / 13.0), kRounding);
}

TEST(LoraMoe, CountsTheRanksOfTheExpertsInUse) {
  const auto counts = [](const char* routing, bool training) {
    OneSite site("lora_moe", {{"experts", 3}, {"rank", 2}, {"routing", routing}}, {});
    site.set("gate.router", OneSite::tensor({{1, 0}, {2, 0}, {3, 0}}));
    site.forward(rows(4), {}, training);
    Update& update = site.update();
    return doubles((training ? update.training_usage() : update.evaluation_usage())->count());
  };
  EXPECT_THAT(counts("soft", false), ElementsAre(4, 4, 4, 4, 4, 4));
  EXPECT_THAT(counts("smear", false), ElementsAre(4, 4, 4, 4, 4, 4));
  EXPECT_THAT(counts("top2", true), ElementsAre(0, 0, 4, 4, 4, 4));
  EXPECT_THAT(counts("top1", false), ElementsAre(0, 0, 0, 0, 4, 4));
  EXPECT_THAT(counts("top1", true), ElementsAre(4, 4, 4, 4, 4, 4));
}

std::vector<double> training_mass(OneSite& site, std::int64_t count) {
  site.forward(rows(count), {}, /*training=*/true);
  return doubles(site.update().training_usage()->gate_mass());
}

TEST(LoraMoe, Top1TrainsASampleOfTheSoftmax) {
  // Cold samples are one-hot, the best of logits + Gumbel noise: expert e in p_e of 1300 rows, with
  // a deviation of at most sqrt(1300 / 4) = 18.
  OneSite cold = lora_moe_by_hand({{"routing", "top1"}, {"temperature", 1e-6}});
  EXPECT_THAT(training_mass(cold, 1300),
              ElementsAre(DoubleNear(300, 75), DoubleNear(900, 75), DoubleNear(100, 50)));
}

TEST(LoraMoe, TheTemperatureOfTop1IsATenthUnlessSaid) {
  const auto log_ratio = [](const json& options) {
    OneSite site = lora_moe_by_hand(options);
    const std::vector<double> mass = training_mass(site, 1);
    EXPECT_NEAR(mass[0] + mass[1] + mass[2], 1, 1e-12);
    return std::log(mass[0] / mass[1]);
  };
  const double warm = log_ratio({{"routing", "top1"}, {"temperature", 1}});
  EXPECT_NEAR(log_ratio({{"routing", "top1"}}) / warm, 10, 1e-6) << "of the same noise";
}

TEST(LoraMoe, DropoutIsOnTheInputOfAAndRouter) {
  OneSite site = lora_moe_by_hand({{"routing", "soft"}, {"dropout", 0.5}});
  // Inputs become 0 or 2; at 2 the shares are (9, 81, 1) / 91, A x = (2, 20, 200).
  const std::vector<double> outputs = doubles(site.forward(rows(40), {}, /*training=*/true));
  EXPECT_THAT(outputs, Each(AnyOf(0, DoubleNear(2 * (9 * 2 + 81 * 40 + 600) / 91.0, kRounding))));
  EXPECT_THAT(outputs, AllOf(Contains(0), Contains(Gt(0))));
}

TEST(LoraMoe, OneExpertIsLora) {
  for (const char* routing : {"soft", "top1", "smear"}) {
    OneSite moe("lora_moe", {{"experts", 1}, {"rank", 4}, {"routing", routing}}, {.in = 3});
    OneSite lora("lora", {{"rank", 4}, {"alpha", 16}}, {.in = 3});
    moe.set("lora_B", torch::randn({1, 4}, kDouble));
    for (const char* name : {"lora_A", "lora_B"}) lora.set(name, moe.get(name));
    const Tensor x = torch::randn({6, 3}, kDouble);
    EXPECT_LE((moe.forward(x) - lora.forward(x)).abs().max().item<double>(), kRounding) << routing;
  }
}

TEST(LoraMoe, StartsAsLinearLayersWithAZeroB) {
  const OneSite site("lora_moe", {}, {.in = 16, .out = 3});
  EXPECT_EQ(site.get("lora_A").size(0), 64);
  EXPECT_EQ(site.get("lora_B").abs().max().item<double>(), 0);
  const double largest = site.get("gate.router").abs().max().item<double>();
  EXPECT_LE(largest, 0.25);  // 1 / sqrt(16)
  EXPECT_GT(largest, 0.24);
}

TEST(LoraMoe, RefusesWhatTop2DoesNotHave) {
  const auto error = [](const json& options) {
    return error_of([&] { OneSite("lora_moe", options, {}); });
  };
  EXPECT_THAT(error({{"experts", 1}}), HasSubstr("options.experts: routing 'top2' needs two"));
  EXPECT_THAT(error({{"dropout", 0.1}}), HasSubstr("options.dropout: routing 'top2' has none"));
}

TEST(LoraMoe, HoldsTheConformanceSuite) {
  for (const char* routing : {"soft", "smear"}) {
    conformance::run_all(
        {.variant = "lora_moe", .options = {{"experts", 3}, {"rank", 2}, {"routing", routing}}});
  }
}

// Each micro-batch draws its own Gumbel noise, and training uses more ranks than evaluation.
TEST(LoraMoe, Top1HoldsTheConformanceSuiteButForItsNoise) {
  for (const conformance::Check& check : conformance::checks()) {
    if (check.name == "micro_batches" || check.name == "training_usage") continue;
    SCOPED_TRACE(check.promise);
    check.run(
        {.variant = "lora_moe", .options = {{"experts", 3}, {"rank", 2}, {"routing", "top1"}}});
  }
}

}  // namespace
}  // namespace rankwise
