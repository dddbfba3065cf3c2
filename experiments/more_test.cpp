#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>

namespace rankwise {
namespace {

using fixtures::rows;
using ::testing::DoubleNear;
using ::testing::Each;
using ::testing::ElementsAre;
using torch::Tensor;

// Four ranks, two tasks, alpha / r = 1. Task 0 chooses rank 1, task 1 rank 3. For x = (1, 0):
// A x = (1, 10, 100, 1000), B adds.
OneSite more_by_hand(nlohmann::json options = nlohmann::json::object()) {
  options.update({{"rank", 4}, {"alpha", 4}});
  OneSite site("more", options, {.tasks = 2, .sites = 3});
  site.set("gate.task_embedding", OneSite::tensor({{1, 0}, {0, 1}}));
  site.set("gate.weight", OneSite::tensor({{2, 0}, {0, 1}, {1, 2}, {0, 0}}));
  site.set("gate.bias", torch::zeros({4}, kDouble));
  site.set("lora_A", OneSite::tensor({{1, 0}, {10, 0}, {100, 0}, {1000, 0}}));
  site.set("lora_B", OneSite::tensor({{1, 1, 1, 1}}));
  return site;
}

TEST(More, ATaskUsesThePrefixOfItsRankScaledByRankOverTasks) {
  OneSite site = more_by_hand();
  // Task 0: 1 * 1/2. Task 1: (1 + 10 + 100) * 3/2. The estimate's forward value is exactly one.
  EXPECT_THAT(doubles(site.forward(rows(3), {0, 1, 0})), ElementsAre(0.5, 166.5, 0.5));
  EXPECT_TRUE(torch::equal(site.update().evaluation_usage()->count(),
                           torch::tensor({{2, 0, 0, 0}, {1, 1, 1, 0}}, torch::kInt64)));
}

TEST(More, WithoutLinearScalingThePrefixHasWeightOne) {
  OneSite site = more_by_hand({{"rank_scaling", "none"}});
  EXPECT_THAT(doubles(site.forward(rows(2), {0, 1})), ElementsAre(1, 111));
}

TEST(More, AlphaOverRankScalesEverything) {
  OneSite site("more", {{"rank", 4}}, {.tasks = 2});
  EXPECT_EQ(site.update().factors()->scale, 8);  // 32 / 4
  OneSite printed("more", {}, {.tasks = 2});
  EXPECT_EQ(printed.update().factors()->scale, 4);  // 32 / 8
}

TEST(More, SelectionIsTheSoftmaxOfTheGateOnTheEmbedding) {
  OneSite site = more_by_hand();
  const auto selection = site.update().gate()->selection();
  ASSERT_TRUE(selection.has_value());
  EXPECT_TRUE(torch::equal(selection->rank, torch::tensor({1, 3}, torch::kInt64)));
  const double sum0 = std::exp(2) + 1 + std::exp(1) + 1;  // logits 2, 0, 1, 0
  EXPECT_NEAR(selection->probability[0][0].item<double>(), std::exp(2) / sum0, 1e-15);
  EXPECT_NEAR(selection->probability[0][3].item<double>(), 1 / sum0, 1e-15);
  EXPECT_THAT(doubles(selection->probability.sum(1)), Each(DoubleNear(1, 1e-15)));
}

TEST(More, TheGradientReachesOnlyTheChosenProbability) {
  OneSite site = more_by_hand();
  site.forward(rows(1), {1}).sum().backward();
  const Tensor p = site.update().gate()->selection()->probability[1];
  const auto probability = doubles(p);
  // dL/dlogit_j = c p_i (delta_ij - p_j), c = 111 * 3/2, i = 2.
  std::vector<double> expected;
  for (std::size_t j = 0; j < 4; ++j) {
    expected.push_back(166.5 * probability[2] * ((j == 2 ? 1 : 0) - probability[j]));
  }
  const auto found = doubles(site.get("gate.bias").grad());
  for (std::size_t j = 0; j < 4; ++j) EXPECT_NEAR(found[j], expected[j], 1e-11) << j;
  EXPECT_THAT(doubles(site.get("gate.task_embedding").grad()[0]), ElementsAre(0, 0))
      << "the other task's embedding";
}

TEST(More, AtTheStartTheLossGivesTheSelectorNoGradient) {
  OneSite site = more_by_hand();
  site.set("lora_B", torch::zeros({1, 4}, kDouble));
  site.forward(rows(2), {0, 1}).sum().backward();
  EXPECT_THAT(doubles(site.get("gate.bias").grad()), Each(0));
  EXPECT_THAT(doubles(site.get("gate.weight").grad()), Each(0));
}

// The straight-through estimate's own function: the choice stays what it is, its weight is
// 1 + p_i - p_i(start), where start is the point at which the gradient is taken.
double surrogate(OneSite& site, const Tensor& x, const std::vector<std::int32_t>& tasks,
                 const Tensor& start) {
  const torch::NoGradGuard no_grad;
  const Tensor p = torch::softmax(
      at::linear(site.get("gate.task_embedding"), site.get("gate.weight"), site.get("gate.bias")),
      1);
  const Tensor chosen = start.argmax(1, true);
  const Tensor weight = 1 + p.gather(1, chosen) - start.gather(1, chosen);  // [T, 1]
  const Tensor prefix = (torch::arange(4) <= chosen).to(torch::kFloat64);
  const Tensor gate = prefix * weight * (chosen + 1).to(torch::kFloat64) / 2;
  const Tensor task = torch::tensor(std::vector<std::int64_t>(tasks.begin(), tasks.end()));
  const Tensor z = x.mm(site.get("lora_A").t());
  return torch::tanh((z * gate.index_select(0, task)).mm(site.get("lora_B").t()) / 500)
      .sum()
      .item<double>();
}

TEST(More, TheSelectorsGradientIsThatOfItsSurrogate) {
  OneSite site = more_by_hand();
  const Tensor x = rows(3);
  const std::vector<std::int32_t> tasks{0, 1, 1};
  torch::tanh(site.forward(x, tasks) / 500).sum().backward();
  const Tensor start = site.update().gate()->selection()->probability.clone();
  for (const char* name : {"gate.task_embedding", "gate.weight", "gate.bias"}) {
    const Tensor parameter = site.get(name);
    const Tensor origin = parameter.detach().clone();
    const Tensor direction =
        torch::ones_like(origin) + torch::arange(origin.numel(), kDouble).view_as(origin);
    constexpr double kStep = 1e-5;  // truncation near 1e-10
    site.set(name, origin + kStep * direction);
    const double above = surrogate(site, x, tasks, start);
    site.set(name, origin - kStep * direction);
    const double below = surrogate(site, x, tasks, start);
    site.set(name, origin);
    const double slope = (parameter.grad() * direction).sum().item<double>();
    EXPECT_GT(std::abs(slope), 1e-3) << name << ": nothing to compare";
    EXPECT_NEAR(slope, (above - below) / (2 * kStep), 1e-8) << name;
  }
}

TEST(More, AtFullRankAndScaleOneIsLora) {
  OneSite more("more", {{"rank", 4}, {"alpha", 8}, {"rank_scaling", "none"}}, {.in = 3, .out = 2});
  OneSite lora("lora", {{"rank", 4}, {"alpha", 8}}, {.in = 3, .out = 2});
  more.set("gate.weight", torch::zeros({4, 3}, kDouble));
  more.set("gate.bias", torch::tensor({0.0, 0.0, 0.0, 1.0}, kDouble));
  const Tensor b = torch::randn({2, 4}, kDouble);
  more.set("lora_B", b);
  lora.set("lora_B", b);
  lora.set("lora_A", more.get("lora_A"));
  const Tensor x = torch::randn({6, 3}, kDouble);
  EXPECT_LE((more.forward(x) - lora.forward(x)).abs().max().item<double>(), 1e-12);
}

// Cross-entropy of cosines over temperature for a sample against (1, 0) and (0, 1).
double contrast(double own, double other, double temperature) {
  return std::log(1 + std::exp((other - own) / temperature));
}

TEST(More, TheContrastiveTermIsASumOverSamples) {
  OneSite site = more_by_hand({{"contrastive_weight", 0.3}, {"temperature", 0.5}});
  const Tensor x = OneSite::tensor({{3, 4}, {2, 0}});
  site.forward(x, {0, 0}, /*training=*/true);
  const AuxiliaryTerm term = site.adapter().take_auxiliary();
  const double sum = contrast(0.6, 0.8, 0.5) + contrast(1, 0, 0.5);
  EXPECT_NEAR(term.sum.item<double>(), 0.3 * sum, 1e-14);
  EXPECT_FALSE(site.adapter().take_auxiliary().sum.defined()) << "given away once";
}

TEST(More, ThereIsNoContrastiveTermInEvaluationOrAtWeightZero) {
  OneSite site = more_by_hand();
  site.forward(rows(1), {0});
  EXPECT_FALSE(site.adapter().take_auxiliary().sum.defined());
  OneSite without = more_by_hand({{"contrastive_weight", 0}});
  without.forward(rows(1), {0}, /*training=*/true);
  EXPECT_FALSE(without.adapter().take_auxiliary().sum.defined());
}

TEST(More, DetachedSamplesStopTheContrastiveGradient) {
  for (const bool detached : {false, true}) {
    OneSite site = more_by_hand({{"detach_samples", detached}});
    Tensor x = OneSite::tensor({{3, 4}}).requires_grad_(true);
    site.forward(x, {0}, /*training=*/true);
    site.adapter().take_auxiliary().sum.backward();
    EXPECT_EQ(x.grad().defined(), !detached);
    EXPECT_GT(site.get("gate.task_embedding").grad().abs().max().item<double>(), 0);
  }
}

TEST(More, StartsWithKaimingEmbeddingsAndGate) {
  const OneSite site("more", {}, {.in = 24, .out = 4, .tasks = 40});
  const double bound = 0.5;  // sqrt(6 / 24)
  for (const char* name : {"gate.task_embedding", "gate.weight"}) {
    const double largest = site.get(name).abs().max().item<double>();
    EXPECT_LE(largest, bound) << name;
    EXPECT_GT(largest, 0.9 * bound) << name;
  }
  EXPECT_LE(site.get("gate.bias").abs().max().item<double>(), 1 / std::sqrt(24.0));
  EXPECT_EQ(site.get("gate.task_embedding").size(0), 40);
}

TEST(More, HoldsTheConformanceSuiteWithoutScalingAndWithMoreContrast) {
  conformance::run_all(
      {.variant = "more",
       .options = {{"rank", 4}, {"rank_scaling", "none"}, {"contrastive_weight", 0.5}}});
}

}  // namespace
}  // namespace rankwise
