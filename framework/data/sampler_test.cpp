#include "framework/data/sampler.h"

#include "framework/core/error.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace rankwise {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<double> weights(const std::string& rule, const std::vector<double>& sizes,
                            double temperature = 2) {
  SamplerOptions options;
  options.temperature = temperature;
  return task_weightings().find(rule).weights(sizes, options);
}

std::vector<double> shares(std::vector<double> weights) {
  double total = 0;
  for (const double weight : weights) total += weight;
  for (double& weight : weights) weight /= total;
  return weights;
}

TEST(TaskRules, WeighTasksByHand) {
  EXPECT_THAT(weights("proportional", {3, 1}), ElementsAre(3, 1));
  EXPECT_THAT(weights("equal", {3, 1}), ElementsAre(1, 1));
  EXPECT_THAT(weights("temperature", {16, 4}), ElementsAre(4, 2));
  EXPECT_THAT(weights("temperature", {16, 4}, 4), ElementsAre(2, DoubleEq(std::sqrt(2.0))));
  EXPECT_THAT(weights("inverse", {4, 2}), ElementsAre(0.25, 0.5));
  EXPECT_THAT(weights("size_softmax", {3, 1}),
              ElementsAre(DoubleEq(std::exp(0.75)), DoubleEq(std::exp(0.25))));
  EXPECT_THAT(weights("round_robin", {3, 1}), IsEmpty());
}

TEST(TaskRules, SizeSoftmaxGivesMoresProbabilitiesOnGlue) {
  // cola, mnli, mrpc, qnli, qqp, rte, sst2, stsb: sizes of the code's data set, phi_t of
  // papers.md, 1a.8.
  const auto found =
      shares(weights("size_softmax", {8551, 392702, 3668, 104743, 363846, 2490, 67349, 5749}));
  const std::vector<double> printed{.10978, .16455, .10922, .12149, .15963, .10908, .11680, .10946};
  ASSERT_EQ(found.size(), printed.size());
  for (std::size_t i = 0; i < printed.size(); ++i) {
    EXPECT_NEAR(found[i], printed[i], 5e-6) << i;  // printed to five digits
  }
}

TEST(Sampler, PassesVisitEveryExampleOnce) {
  SamplerOptions options;
  options.tasks = "round_robin";
  Sampler sampler(options, {10, 6}, Seed(1));
  for (int pass = 0; pass < 3; ++pass) {
    std::multiset<std::int64_t> first;
    std::multiset<std::int64_t> second;
    // Two batches of 5 and two of 3 would differ in size; 30 batches of 2 give 5 and 5 of each.
    for (int i = 0; i < 5; ++i) {
      for (const Example& example : sampler.next(2)) first.insert(example.index);
      for (const Example& example : sampler.next(2)) second.insert(example.index);
    }
    EXPECT_EQ(first, (std::multiset<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})) << pass;
    EXPECT_EQ(second.size(), 10U);
    for (std::int64_t i = 0; i < 6; ++i) {
      EXPECT_GE(second.count(i), 1U) << i;
      EXPECT_LE(second.count(i), 3U) << i;
    }
  }
}

TEST(Sampler, PassesAreShuffledAnew) {
  SamplerOptions options;
  Sampler sampler(options, {50}, Seed(1));
  const auto pass = [&] {
    std::vector<std::int64_t> order;
    for (const Example& example : sampler.next(50)) order.push_back(example.index);
    return order;
  };
  EXPECT_NE(pass(), pass());
}

TEST(Sampler, PassesMayFollowTheData) {
  SamplerOptions options;
  options.shuffle = false;
  Sampler sampler(options, {3}, Seed(1));
  std::vector<std::int64_t> order;
  for (const Example& example : sampler.next(5)) order.push_back(example.index);
  EXPECT_THAT(order, ElementsAre(0, 1, 2, 0, 1));
}

TEST(Sampler, ExactPassesEndWithTheData) {
  SamplerOptions options;
  options.tasks = kPasses;
  Sampler sampler(options, {5, 3}, Seed(1));
  std::vector<std::vector<std::pair<std::int32_t, std::int64_t>>> passes(2);
  for (auto& pass : passes) {
    for (int batch = 0; batch < 3 + 2; ++batch) {
      for (const Example& example : sampler.next(2)) pass.emplace_back(example.task, example.index);
    }
  }
  EXPECT_NE(passes[0], passes[1]) << "each pass is shuffled anew";
  for (auto& pass : passes) {
    std::sort(pass.begin(), pass.end());
    EXPECT_EQ(std::unique(pass.begin(), pass.end()), pass.end());
    EXPECT_EQ(pass.size(), 8U);
  }
}

TEST(Sampler, ExactPassesNeedABatch) {
  SamplerOptions options;
  options.tasks = kPasses;
  Sampler sampler(options, {3, 3}, Seed(1), LastBatch::kDrop);
  EXPECT_THROW(sampler.next(4), Error);
}

TEST(Sampler, ReplacementRepeatsExamples) {
  SamplerOptions options;
  options.replacement = true;
  Sampler sampler(options, {20}, Seed(1));
  std::set<std::int64_t> distinct;
  for (const Example& example : sampler.next(20)) distinct.insert(example.index);
  EXPECT_LT(distinct.size(), 20U) << "20! / 20^20 is 2e-8";
}

TEST(Sampler, RoundRobinTakesTasksInTurn) {
  SamplerOptions options;
  options.tasks = "round_robin";
  Sampler sampler(options, {9, 9, 9}, Seed(1));
  std::vector<std::int32_t> tasks;
  for (int i = 0; i < 5; ++i) tasks.push_back(sampler.next(2).front().task);
  EXPECT_THAT(tasks, ElementsAre(0, 1, 2, 0, 1));
  options.mixed = true;
  Sampler mixed(options, {9, 9, 9}, Seed(1));
  tasks.clear();
  tasks.reserve(4);
  for (const Example& example : mixed.next(4)) tasks.push_back(example.task);
  EXPECT_THAT(tasks, ElementsAre(0, 1, 2, 0));
}

TEST(Sampler, BatchesAreOfOneTaskUnlessMixed) {
  SamplerOptions options;
  options.tasks = "equal";
  const auto tasks_of = [&](bool mixed) {
    options.mixed = mixed;
    Sampler sampler(options, {100, 100}, Seed(3));
    std::set<std::int32_t> tasks;
    for (const Example& example : sampler.next(32)) tasks.insert(example.task);
    return tasks.size();
  };
  EXPECT_EQ(tasks_of(false), 1U);
  EXPECT_EQ(tasks_of(true), 2U);
}

TEST(Sampler, DrawsTasksByTheirWeights) {
  SamplerOptions options;
  options.mixed = true;
  Sampler sampler(options, {300, 100}, Seed(5));
  int first = 0;
  for (const Example& example : sampler.next(4000)) first += example.task == 0 ? 1 : 0;
  EXPECT_NEAR(first, 3000, 137);  // five standard deviations of a binomial: 5 * 27.4
}

TEST(Sampler, SameSeedSameSequence) {
  const auto draw = [](std::uint64_t seed) {
    Sampler sampler({}, {30, 20}, Seed(seed));
    std::vector<std::pair<std::int32_t, std::int64_t>> drawn;
    for (int i = 0; i < 10; ++i) {
      for (const Example& example : sampler.next(4))
        drawn.emplace_back(example.task, example.index);
    }
    return drawn;
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
}

TEST(Sampler, RefusesTasksWithoutExamplesAndUnknownRules) {
  EXPECT_THROW(Sampler({}, {3, 0}, Seed(1)), Error);
  EXPECT_THROW(Sampler({}, {}, Seed(1)), Error);
  SamplerOptions options;
  options.tasks = "proportionate";
  EXPECT_THROW(Sampler(options, {3}, Seed(1)), Error);
}

}  // namespace
}  // namespace rankwise
