#include "framework/adapter/one_site.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/testing/conformance.h"
#include "framework/testing/fixtures.h"
#include "framework/train/trainer.h"

#include <gmock/gmock.h>

#include <map>

namespace rankwise {
namespace {

using fixtures::rows;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using torch::Tensor;

// Three ranks, alpha 6. For x = (1, 0): A x = (1, 10, 100), B adds: a prefix of b ranks gives
// 6 / b times 1, 11 or 111.
OneSite dylora_by_hand(nlohmann::json options = nlohmann::json::object()) {
  options.update({{"rank", 3}, {"alpha", 6}});
  OneSite site("dylora", options, {});
  site.set("lora_A", OneSite::tensor({{1, 0}, {10, 0}, {100, 0}}));
  site.set("lora_B", OneSite::tensor({{1, 1, 1}}));
  return site;
}

const std::map<double, std::int64_t> kPrefixOf{{6, 1}, {33, 2}, {222, 3}};

// The output of one row in training.
double trained(OneSite& site, std::int64_t step) {
  return site.forward_at(rows(1), {0}, {.training = true, .step = step}).item<double>();
}

TEST(Dylora, EvaluationUsesTheWholePair) {
  OneSite site = dylora_by_hand();
  EXPECT_EQ(site.forward(rows(1)).item<double>(), 222);
}

TEST(Dylora, EvaluationUsesAPrefixAtItsOwnScale) {
  for (const auto& [output, ranks] : kPrefixOf) {
    OneSite site = dylora_by_hand({{"evaluation_rank", ranks}});
    EXPECT_EQ(site.forward(rows(2)).mean().item<double>(), output);
    EXPECT_EQ(site.update().evaluation_usage()->count().sum().item<std::int64_t>(), 2 * ranks);
  }
}

TEST(Dylora, TrainingDrawsEveryPrefixAboutAsOften) {
  OneSite site = dylora_by_hand();
  std::map<double, int> seen;
  for (std::int64_t step = 0; step < 300; ++step) ++seen[trained(site, step)];
  ASSERT_EQ(seen.size(), 3U);
  for (const auto& [output, ranks] : kPrefixOf) {
    EXPECT_NEAR(seen[output], 100, 41) << ranks;  // five deviations of sqrt(300 * 2 / 9)
  }
}

TEST(Dylora, AStepDrawsOnceAndCountsWhatItUsed) {
  OneSite site = dylora_by_hand();
  std::int64_t expected = 0;
  for (std::int64_t step = 0; step < 10; ++step) {
    const double output = trained(site, step);
    EXPECT_EQ(trained(site, step), output) << "drawn again at step " << step;
    expected += 2 * kPrefixOf.at(output);
  }
  const Tensor count = site.update().training_usage()->count();
  EXPECT_EQ(count.sum().item<std::int64_t>(), expected);
  EXPECT_EQ(count[0][0].item<std::int64_t>(), 20) << "every prefix holds the first rank";
}

TEST(Dylora, AllSitesUseTheSamePrefixInAStep) {
  const toy::Recipe recipe{.variant = "dylora"};
  const auto model = toy::model(recipe);
  Trainer(*model, toy::dataset(recipe.kind), toy::training(5), Seed(1), recipe.tensors)
      .run({}, [](std::int64_t) {});
  const auto& sites = model->adapter().attached();
  const Tensor first = sites.front().update->training_usage()->count();
  EXPECT_LT(first[0][7].item<std::int64_t>(), first[0][0].item<std::int64_t>());
  for (const auto& [site, update] : sites) {
    EXPECT_TRUE(torch::equal(update->training_usage()->count(), first)) << site.name;
  }
}

TEST(Dylora, SitesOfOneRangeUseTheSamePrefixAndOthersDrawFromTheirs) {
  const toy::Recipe recipe{.variant = "dylora",
                           .options = {{"site_options", {{"*.query", {{"rank", 3}}}}}}};
  const auto model = toy::model(recipe);
  Trainer(*model, toy::dataset(recipe.kind), toy::training(6), Seed(1), recipe.tensors)
      .run({}, [](std::int64_t) {});
  std::map<std::int64_t, Tensor> counts;  // by the site's rank
  for (const auto& [site, update] : model->adapter().attached()) {
    const Tensor count = update->training_usage()->count();
    const auto [known, fresh] = counts.emplace(update->ranks(), count);
    EXPECT_TRUE(torch::equal(known->second, count)) << site.name;
  }
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_TRUE(torch::equal(counts[3].select(1, 0), counts[8].select(1, 0))) << "the first is on";
  EXPECT_LT(counts[3][0][2].item<std::int64_t>(), counts[3][0][0].item<std::int64_t>());
}

TEST(Dylora, SmallestBoundsTheDraw) {
  OneSite site = dylora_by_hand({{"smallest", 2}});
  std::map<double, int> seen;
  for (std::int64_t step = 0; step < 30; ++step) ++seen[trained(site, step)];
  EXPECT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen.count(6), 0U) << "one rank is too few";
}

// Gradients of B as the optimizer sees them after a step that uses two ranks.
std::vector<double> gradient_at_two_ranks(const std::string& update) {
  OneSite site = dylora_by_hand({{"update", update}});
  std::int64_t step = 0;
  while (trained(site, step) != 33 && step < 100) ++step;
  const StepInfo step_info{.training = true, .step = step};
  site.forward_at(rows(1), {0}, step_info).sum().backward();
  site.adapter().edit_gradients(step_info);
  std::vector<double> gradient = doubles(site.get("lora_B").grad());
  const std::vector<double> a = doubles(site.get("lora_A").grad().select(1, 0));
  gradient.insert(gradient.end(), a.begin(), a.end());
  return gradient;
}

TEST(Dylora, AStepTrainsItsPrefixOrItsLastRank) {
  EXPECT_THAT(gradient_at_two_ranks("prefix"), ElementsAre(3, 30, 0, 3, 3, 0));
  EXPECT_THAT(gradient_at_two_ranks("last"), ElementsAre(0, 30, 0, 0, 3, 0));
}

TEST(Dylora, DrawingTheLargestRankIsLora) {
  OneSite dylora("dylora", {{"rank", 4}, {"smallest", 4}}, {.in = 3, .out = 2});
  OneSite lora("lora", {{"rank", 4}}, {.in = 3, .out = 2});
  EXPECT_TRUE(torch::equal(dylora.get("lora_A"), lora.get("lora_A"))) << "the same start";
  const Tensor b = torch::randn({2, 4}, torch::kFloat64);
  dylora.set("lora_B", b);
  lora.set("lora_B", b);
  const Tensor x = torch::randn({6, 3}, torch::kFloat64);
  EXPECT_TRUE(torch::equal(dylora.forward(x, {}, true), lora.forward(x, {}, true)));
}

TEST(Dylora, RefusesMoreRanksThanThereAre) {
  EXPECT_THAT(error_of([] {
                OneSite("dylora", {{"smallest", 9}}, {});
              }),
              HasSubstr("options.smallest: 9 is more than the 8 ranks there are"));
  EXPECT_THAT(error_of([] {
                OneSite("dylora", {{"evaluation_rank", 9}}, {});
              }),
              HasSubstr("options.evaluation_rank: 9 is more than the 8 ranks there are"));
}

TEST(Dylora, HoldsTheConformanceSuiteWithFewRanksInEvaluation) {
  conformance::run_all(
      {.variant = "dylora", .options = {{"rank", 4}, {"smallest", 2}, {"evaluation_rank", 1}}});
}

TEST(Dylora, HoldsTheConformanceSuiteWithLastRanksTrained) {
  for (const conformance::Check& check : conformance::checks()) {
    // "gradients" wants one for A, whose last rank has none until it was drawn before.
    if (check.name == "gradients") continue;
    conformance::run(check.name,
                     {.variant = "dylora", .options = {{"rank", 4}, {"update", "last"}}});
  }
}

}  // namespace
}  // namespace rankwise
