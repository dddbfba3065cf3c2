// SMoRA's switches one by one: each setting gives its own hand-checked numbers.

#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace rankwise {
namespace {

using fixtures::rows;
using nlohmann::json;
using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using torch::Tensor;

const double kLog3 = std::log(3.0);

// Three ranks, two active, alpha / k = 8. For x = (1, 0): logits (0, ln 3, -ln 3), scores
// (.5, .75, .25), A x = (1, 10, 100), B adds.
OneSite smora_switches_by_hand(json options) {
  options.update({{"rank", 3}, {"active", 2}, {"alpha", 16}, {"balance_rate", 0.25}});
  OneSite site("smora", options, {});
  site.set("gate.router", OneSite::tensor({{0, 0}, {kLog3, 0}, {-kLog3, 0}}));
  site.set("lora_A", OneSite::tensor({{1, 0}, {10, 0}, {100, 0}}));
  site.set("lora_B", OneSite::tensor({{1, 1, 1}}));
  return site;
}

double smora_output(OneSite& site) { return site.forward(rows(1)).item<double>(); }

double smora_output(const json& options) {
  OneSite site = smora_switches_by_hand(options);
  return smora_output(site);
}

TEST(SmoraSwitches, TheGatesValues) {
  EXPECT_NEAR(smora_output({{"gate", "sigmoid"}}), 8 * (0.8 * 1 + 1.2 * 10), 1e-12);
  EXPECT_NEAR(smora_output({{"gate", "softmax"}}), 8 * (0.5 * 1 + 1.5 * 10), 1e-12);
  EXPECT_NEAR(smora_output({{"gate", "raw"}}), 8 * (0.5 * 1 + 0.75 * 10), 1e-12);
}

TEST(SmoraSwitches, TheScale) {
  EXPECT_NEAR(smora_output({{"scale", "active"}}), 16.0 / 2 * 12.8, 1e-12);
  EXPECT_NEAR(smora_output({{"scale", "rank"}}), 16.0 / 3 * 12.8, 1e-12);
}

TEST(SmoraSwitches, TheBiasMayStayInTheGate) {
  const Tensor bias = torch::tensor({0.0, 0.0, 0.35}, kDouble);  // .25 + .35 beats .5
  OneSite choice = smora_switches_by_hand({{"bias_in_gate", false}});
  choice.set("gate.balance_bias", bias);
  EXPECT_NEAR(smora_output(choice), 8 * (1.5 * 10 + 0.5 * 100), 1e-12);
  OneSite gate = smora_switches_by_hand({{"bias_in_gate", true}});
  gate.set("gate.balance_bias", bias);
  EXPECT_NEAR(smora_output(gate), 8 * 2 / 1.35 * (0.75 * 10 + 0.6 * 100), 1e-12);
}

TEST(SmoraSwitches, TheBiasMayMoveInEveryTrainingForward) {
  OneSite site = smora_switches_by_hand({{"bias_moves", "forward"}});
  site.forward(rows(1));
  EXPECT_THAT(doubles(site.get("gate.balance_bias")), Each(0)) << "not in evaluation";
  site.forward(rows(1), {}, /*training=*/true);
  EXPECT_THAT(doubles(site.get("gate.balance_bias")), ElementsAre(-0.25, -0.25, 0.25));
  site.adapter().after_step({});
  EXPECT_THAT(doubles(site.get("gate.balance_bias")), ElementsAre(-0.25, -0.25, 0.25));
  site.forward(rows(1), {}, /*training=*/true);  // scores .25, .5, .5: ranks 1 and 2
  EXPECT_THAT(doubles(site.get("gate.balance_bias")), ElementsAre(0, -0.5, 0));
}

TEST(SmoraSwitches, TheBiasMayBeTrainedAsWell) {
  EXPECT_FALSE(
      smora_switches_by_hand({{"bias_in_gate", true}}).get("gate.balance_bias").requires_grad());
  EXPECT_FALSE(
      smora_switches_by_hand({{"train_bias", true}}).get("gate.balance_bias").requires_grad())
      << "outside the gate it has no gradient";
  OneSite site = smora_switches_by_hand({{"bias_in_gate", true}, {"train_bias", true}});
  site.forward(rows(1)).sum().backward();
  // y = 16 (s0 * 1 + s1 * 10) / (s0 + s1) with s0 = .5 + d0, s1 = .75 + d1: 102.4 at d = 0.
  EXPECT_THAT(doubles(site.get("gate.balance_bias").grad()),
              ElementsAre(DoubleNear((16 - 102.4) / 1.25, 1e-12),
                          DoubleNear((160 - 102.4) / 1.25, 1e-12), 0));
  // The rule moves it beside the optimizer.
  site.forward(rows(1), {}, /*training=*/true);
  site.adapter().after_step({});
  EXPECT_THAT(doubles(site.get("gate.balance_bias")), ElementsAre(-0.25, -0.25, 0.25));
}

TEST(SmoraSwitches, ATrainedBiasIsSharedByThePartition) {
  const json options{{"rank", 6},   {"active", 4},          {"partition", 2},
                     {"alpha", 16}, {"bias_in_gate", true}, {"train_bias", true}};
  OneSite site("smora", options, {});
  site.set("gate.router", OneSite::tensor({{0, 0}, {kLog3, 0}, {-kLog3, 0}}));
  site.set("lora_B", torch::tensor({{1.0, 2.0, 3.0, 4.0, 5.0, 6.0}}, kDouble));
  site.forward(rows(1)).sum().backward();
  const Tensor gradient = site.get("gate.balance_bias").grad().view({3, 2});
  EXPECT_TRUE(torch::equal(gradient.select(1, 0), gradient.select(1, 1)));
  EXPECT_GT(gradient.abs().max().item<double>(), 0);
}

TEST(SmoraSwitches, APartitionChoosesWholeBlocks) {
  const json options{{"rank", 4}, {"active", 2}, {"partition", 2}, {"alpha", 16}};
  OneSite site("smora", options, {});
  site.set("gate.router", OneSite::tensor({{0, 0}, {kLog3, 0}}));
  site.set("lora_A", OneSite::tensor({{1, 0}, {10, 0}, {100, 0}, {1000, 0}}));
  site.set("lora_B", OneSite::tensor({{1, 1, 1, 1}}));
  EXPECT_NEAR(smora_output(site), 8 * 1100, 1e-9)
      << "one block, its score normalised to one per rank";
  EXPECT_THAT(doubles(site.update().evaluation_usage()->count()), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(error_of([] {
                OneSite("smora", {{"rank", 8}, {"active", 3}, {"partition", 2}}, {});
              }),
              HasSubstr("partition: 2 does not divide 8 total and 3 active ranks"));
}

TEST(SmoraSwitches, EpsilonChoosesAtRandomInTraining) {
  const std::int64_t count = 300;
  for (const double epsilon : {0.0, 1.0}) {
    OneSite site = smora_switches_by_hand({{"epsilon", epsilon}});
    site.forward(rows(count), {}, /*training=*/true);
    const auto used = doubles(site.update().training_usage()->count());
    if (epsilon == 0) {
      EXPECT_THAT(used, ElementsAre(count, count, 0));
    } else {  // two of three at random: 200 a rank, deviation 8.2
      for (const double rank : used) EXPECT_NEAR(rank, 200, 41);
    }
    site.forward(rows(count));
    EXPECT_THAT(doubles(site.update().evaluation_usage()->count()), ElementsAre(count, count, 0));
  }
}

TEST(SmoraSwitches, ExpertDropoutBarsExpertsAndFadesAway) {
  // One of 32 stays at a rate of .97 on average: nearly all rows choose other ranks than without.
  const json options{{"rank", 32}, {"active", 1}, {"expert_dropout", 0.97}};
  OneSite site("smora", options, {});
  const Tensor x = torch::randn({1, 2}, kDouble).repeat({4, 1});
  site.forward(x);
  const Tensor free = site.update().evaluation_usage()->count().clone();
  site.forward_at(x, {}, {.training = true, .step = 0, .steps = 10});
  const Tensor early = site.update().training_usage()->count().clone();
  EXPECT_FALSE(torch::equal(early, free));
  EXPECT_EQ(early.max().item<std::int64_t>(), 4) << "the whole forward shares what is barred";
  site.forward_at(x, {}, {.training = true, .step = 10, .steps = 10});
  EXPECT_TRUE(torch::equal(site.update().training_usage()->count() - early, free));
}

TEST(SmoraSwitches, TheRouterMayHaveABias) {
  OneSite site = smora_switches_by_hand({{"router_bias", true}});
  site.set("gate.router_bias", torch::zeros({3}, kDouble));
  EXPECT_NEAR(smora_output(site), 8 * 12.8, 1e-12);
  site.set("gate.router_bias", torch::tensor({kLog3, 0.0, 0.0}, kDouble));
  EXPECT_NEAR(smora_output(site), 8 * (1 + 10), 1e-12) << "equal scores now";
  EXPECT_EQ(site.update().router_parameters(), 3 * 2 + 3);
}

TEST(SmoraSwitches, TheRouterMayStayAsItStarted) {
  OneSite site = smora_switches_by_hand({{"train_router", false}});
  EXPECT_FALSE(site.get("gate.router").requires_grad());
  EXPECT_EQ(site.update().router_parameters(), 0);
  EXPECT_NEAR(smora_output(site), 8 * 12.8, 1e-12) << "the forward is the same";
}

TEST(SmoraSwitches, TheReleasedReading) {
  const auto& smora = variants().find("smora");
  const json released = smora.resolve({{"reading", "released"}}, "options");
  EXPECT_EQ(released["bias_in_gate"], true);
  EXPECT_EQ(released["bias_moves"], "forward");
  EXPECT_EQ(released["balance_rate"], 1e-5);
  EXPECT_EQ(released["train_bias"], true);
  EXPECT_EQ(smora.released.size(), 4U) << "reading, bias_in_gate, bias_moves, train_bias";
  const json one = smora.resolve({{"reading", "released"}, {"bias_in_gate", false}}, "options");
  EXPECT_EQ(one["bias_in_gate"], false);
  EXPECT_EQ(one["bias_moves"], "forward");
}

TEST(SmoraSwitches, SayWhereAStepMayBeCut) {
  for (json options : {json{{"reading", "released"}}, json{{"epsilon", 0.9}},
                       json{{"expert_dropout", 0.5}}, json{{"bias_moves", "forward"}}}) {
    options.update({{"rank", 8}, {"active", 4}});
    SCOPED_TRACE(options.dump());
    conformance::run("chunks", {.variant = "smora", .options = options});
  }
}

TEST(SmoraSwitches, OtherGatesHoldTheConformanceSuite) {
  const json small{{"rank", 8}, {"active", 4}};
  for (json options :
       {json{{"gate", "softmax"}, {"partition", 2}}, json{{"gate", "raw"}, {"router_bias", true}},
        json{{"bias_in_gate", true}, {"train_bias", true}}}) {
    options.update(small);
    conformance::run_all({.variant = "smora", .options = options});
  }
}

}  // namespace
}  // namespace rankwise
