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
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using torch::Tensor;

// Two experts of two ranks, two tasks, alpha / r = 2. Gates: task 0 (.25, .75), task 1 (.5, .5).
// For x = (1, 0): A x = (1, 10, 100, 1000), B adds.
OneSite moelora_by_hand(double dropout = 0) {
  OneSite site("moelora",
               {{"rank", 4}, {"experts", 2}, {"embedding_size", 1}, {"dropout", dropout}},
               {.tasks = 2});
  site.set("gate.task_embedding", OneSite::tensor({{1}, {0}}));
  site.set("gate.weight", OneSite::tensor({{0}, {std::log(3.0)}}));
  site.set("lora_A", OneSite::tensor({{1, 0}, {10, 0}, {100, 0}, {1000, 0}}));
  site.set("lora_B", torch::ones({1, 4}, kDouble));
  return site;
}

TEST(MoeLora, ATaskMixesTheExpertsByItsGate) {
  OneSite site = moelora_by_hand();
  const double first = 2 * (0.25 * 11 + 0.75 * 1100);
  EXPECT_THAT(doubles(site.forward(rows(3), {0, 1, 0})),
              ElementsAre(DoubleNear(first, kRounding), DoubleNear(1111, kRounding),
                          DoubleNear(first, kRounding)));
  const RankUsage& usage = *site.update().evaluation_usage();
  EXPECT_TRUE(
      torch::equal(usage.count(), torch::tensor({{2, 2, 2, 2}, {1, 1, 1, 1}}, torch::kInt64)));
  EXPECT_NEAR(usage.gate_mass()[0][3].item<double>(), 1.5, 1e-15);
}

TEST(MoeLora, OnlyTheRowsTaskLearnsItsEmbedding) {
  OneSite site = moelora_by_hand();
  site.forward(rows(1), {0}).sum().backward();
  // y = 2 * (11 (1 - p) + 1100 p) with p = sigmoid(e ln 3) = .75 and dp/de = p (1 - p) ln 3.
  const double expected = 2 * 1089 * 0.1875 * std::log(3.0);
  EXPECT_THAT(doubles(site.get("gate.task_embedding").grad()),
              ElementsAre(DoubleNear(expected, kRounding), 0));
}

TEST(MoeLora, DropoutIsOnTheInputOfA) {
  OneSite site = moelora_by_hand(0.5);  // inputs become 0 or 2
  const std::vector<double> outputs =
      doubles(site.forward(rows(40), std::vector<std::int32_t>(40, 1), /*training=*/true));
  EXPECT_THAT(outputs, Each(AnyOf(0, DoubleNear(2222, kRounding))));
  EXPECT_THAT(outputs, AllOf(Contains(0), Contains(Gt(0))));
}

TEST(MoeLora, AlphaIsTwiceTheTotalRankUnlessSaid) {
  EXPECT_EQ(OneSite("moelora", {}, {}).update().factors()->scale, 2);
  EXPECT_EQ(OneSite("moelora", {{"alpha", 8}}, {}).update().factors()->scale, 0.5);
}

TEST(MoeLora, WithAnEvenGateIsLoraAtTheScaleOverTheExperts) {
  OneSite moe("moelora", {{"rank", 6}, {"experts", 3}, {"alpha", 18}}, {.in = 3});
  OneSite lora("lora", {{"rank", 6}, {"alpha", 6}}, {.in = 3});
  moe.set("gate.weight", torch::zeros({3, 64}, kDouble));
  moe.set("lora_B", torch::randn({1, 6}, kDouble));
  for (const char* name : {"lora_A", "lora_B"}) lora.set(name, moe.get(name));
  const Tensor x = torch::randn({5, 3}, kDouble);
  EXPECT_LE((moe.forward(x) - lora.forward(x)).abs().max().item<double>(), kRounding);
}

TEST(MoeLora, StartsWithAUniformGateAndNormalEmbeddings) {
  const OneSite site("moelora", {}, {.tasks = 20});
  const Tensor weight = site.get("gate.weight").abs();  // [8, 64]
  EXPECT_LE(weight.max().item<double>(), 0.125);        // 1 / sqrt(64)
  EXPECT_GT(weight.max().item<double>(), 0.12);
  // A deviation of 1280 draws is within 5 / sqrt(2 * 1280).
  EXPECT_NEAR(site.get("gate.task_embedding").std().item<double>(), 1, 0.1);
}

TEST(MoeLora, StartsWithASmallNormalOrAUniformA) {
  const OneSite normal("moelora", {}, {.in = 80});
  const OneSite uniform("moelora", {{"a_init", "kaiming"}}, {.in = 16});
  // A deviation of 1280 draws is within 5 / sqrt(2 * 1280); 1 / sqrt(16) bounds the uniform ones.
  EXPECT_NEAR(normal.get("lora_A").std().item<double>(), 0.01, 0.001);
  EXPECT_LE(uniform.get("lora_A").abs().max().item<double>(), 0.25);
  EXPECT_GT(uniform.get("lora_A").abs().max().item<double>(), 0.24);
}

TEST(MoeLora, TheGateIsASitesOwnOrShared) {
  for (const bool shared : {false, true}) {
    const Variant& moe = variants().find("moelora");
    const auto adapter = moe.make({{"gate", shared ? "shared" : "site"}});
    const AdapterInputs inputs{3, 2, kDouble, Seed(1), {}};
    const auto first = adapter->make_update({"a", 2, 1, {}}, inputs);
    const auto second = adapter->make_update({"b", 4, 1, {}}, inputs);
    EXPECT_EQ(first->gate()->task_embedding().is_same(second->gate()->task_embedding()), shared);
    EXPECT_EQ(first->router_parameters(), 3 * 64 + 8 * 64);
    EXPECT_EQ(second->router_parameters(), shared ? 0 : 3 * 64 + 8 * 64);
    EXPECT_EQ(first->gate()->active_parameters(), 64 + 8 * 64) << "one task's embedding";
    EXPECT_EQ(second->gate()->active_parameters(), shared ? 0 : 64 + 8 * 64);
  }
}

TEST(MoeLora, RefusesRanksThatExpertsCanNotShareAlike) {
  EXPECT_THAT(error_of([] {
                OneSite("moelora", {{"experts", 5}}, {});
              }),
              HasSubstr("options.experts: 5 do not divide 16 ranks"));
}

TEST(MoeLora, HoldsTheConformanceSuite) {
  conformance::run_all(
      {.variant = "moelora",
       .options = {{"rank", 3}, {"experts", 3}, {"gate", "site"}, {"a_init", "kaiming"}}});
}

}  // namespace
}  // namespace rankwise
