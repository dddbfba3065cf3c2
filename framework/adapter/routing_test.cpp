// Routing pieces, choices and usage counts on numbers that can be checked by hand.

#include "framework/adapter/routing.h"

#include "framework/adapter/adapter.h"
#include "framework/adapter/random_tensor.h"
#include "framework/adapter/rank_update.h"
#include "framework/data/doubles.h"
#include "framework/io/test_files.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>

namespace rankwise {
namespace {

using fixtures::integers;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using torch::Tensor;

const auto kWhole = torch::TensorOptions().dtype(torch::kInt64);

// Task 0 owns rows 0 and 2, task 1 row 1; one row a sequence.
Batch three_rows() {
  Dataset dataset;
  dataset.feature_width = 2;
  dataset.tasks.resize(2);
  dataset.tasks[0].task.kind = TaskKind::kClassify;
  dataset.tasks[0].train = {
      .features = {1, 2, 3, 4}, .starts = {0, 1, 2}, .groups = {0, 1, 2}, .target = {0, 0}};
  dataset.tasks[1].train = {.features = {5, 6}, .starts = {0, 1}, .groups = {0, 1}, .target = {0}};
  return pack(dataset, SplitName::kTrain, {{0, 0}, {1, 0}, {0, 1}}, kDouble);
}

TEST(Routing, TopKTakesTheLargestOfEachRow) {
  const Tensor scores = torch::tensor({{0.1, 0.9, 0.5, 0.7}, {4.0, 3.0, 2.0, 1.0}}, kDouble);
  const Tensor chosen = top_k(scores, 2);
  EXPECT_THAT(integers(chosen[0]), UnorderedElementsAre(1, 3));
  EXPECT_THAT(integers(chosen[1]), UnorderedElementsAre(0, 1));
}

TEST(Routing, StraightThroughIsOneHotForward) {
  const Tensor p = torch::tensor({{0.2, 0.5, 0.3}, {0.6, 0.1, 0.3}}, kDouble);
  EXPECT_TRUE(torch::allclose(
      straight_through(p), torch::tensor({{0.0, 1.0, 0.0}, {1.0, 0.0, 0.0}}, kDouble), 0, 1e-15));
}

TEST(Routing, StraightThroughPassesTheGradientOnBackward) {
  const Tensor p = torch::tensor({{0.2, 0.5, 0.3}}, kDouble).requires_grad_(true);
  const Tensor weight = torch::tensor({{1.0, 10.0, 100.0}}, kDouble);
  (straight_through(p) * weight).sum().backward();
  EXPECT_TRUE(torch::equal(p.grad(), weight));
}

TEST(Routing, BalanceBiasMovesAgainstTheLoad) {
  Tensor bias = torch::tensor({0.0, 0.0, 0.0, 1.0}, kDouble);
  // Loads 4, 0, 2, 2: the mean is 2.
  move_balance_bias(bias, torch::tensor({4, 0, 2, 2}, kWhole), 0.25);
  EXPECT_THAT(doubles(bias), ElementsAre(-0.25, 0.25, 0, 1));
  move_balance_bias(bias, torch::tensor({3, 1, 3, 1}, kWhole), 0.25);
  EXPECT_THAT(doubles(bias), ElementsAre(-0.5, 0.5, -0.25, 1.25));
  move_balance_bias(bias, torch::tensor({3, 1, 3, 1}, kWhole), 0);
  EXPECT_THAT(doubles(bias), ElementsAre(-0.5, 0.5, -0.25, 1.25));
}

TEST(Routing, ContrastiveSumByHand) {
  // Cosines with e_0 = (1,0) and e_1 = (0,1): sample 0 has 1 and 0, sample 1 has .6 and .8.
  const Tensor samples = torch::tensor({{2.0, 0.0}, {3.0, 4.0}}, kDouble);
  const Tensor embeddings = torch::tensor({{5.0, 0.0}, {0.0, 0.1}}, kDouble);
  const double tau = 0.5;
  const auto loss = [&](double own, double other) {
    return -std::log(std::exp(own / tau) / (std::exp(own / tau) + std::exp(other / tau)));
  };
  const Tensor sum = contrastive_sum(samples, embeddings, torch::tensor({0, 1}, kWhole), tau);
  EXPECT_NEAR(sum.item<double>(), loss(1, 0) + loss(0.8, 0.6), 1e-14);
  const Tensor wrong = contrastive_sum(samples, embeddings, torch::tensor({1, 1}, kWhole), tau);
  EXPECT_NEAR(wrong.item<double>(), loss(0, 1) + loss(0.8, 0.6), 1e-14);
}

// Prompts of 2 and 1 rows, with answers of 1 and 2 rows behind them.
Batch two_prompts() {
  Batch batch;
  batch.positions = torch::tensor({0, 1, 2, 0, 1, 2}, torch::kInt64);
  batch.first_rows = torch::tensor({0, 3}, torch::kInt64);
  batch.lengths = torch::tensor({3, 3}, torch::kInt64);
  batch.prompt_lengths = torch::tensor({2, 1}, torch::kInt64);
  batch.prompt_row_indices = torch::tensor({0, 1, 3}, torch::kInt64);
  return batch;
}

TEST(Routing, ASequenceIsToldByItsFirstRowOrUnderACausalMaskByItsPromptsLast) {
  const Batch batch = two_prompts();
  EXPECT_THAT(fixtures::integers(telling_rows({.name = "a"}, batch)), ElementsAre(0, 3));
  EXPECT_THAT(fixtures::integers(telling_rows({.name = "a", .causal = true}, batch)),
              ElementsAre(1, 3));
}

TEST(Routing, PromptMeanLeavesTheAnswersOut) {
  const Tensor x = torch::tensor({{1.0}, {3.0}, {100.0}, {5.0}, {100.0}, {100.0}}, kDouble);
  EXPECT_THAT(doubles(prompt_mean(x, two_prompts())), ElementsAre(2, 5));
}

TEST(Choice, AppliesNothingWhereAllRanksAreOn) {
  const Tensor z = torch::randn({3, 2}, kDouble);
  EXPECT_TRUE(torch::equal(Choice::all(2).apply(z, three_rows()), z));
}

TEST(Choice, AppliesATasksWeightsToItsRows) {
  const Tensor mask = torch::tensor({{1, 0}, {1, 1}}, kWhole).to(torch::kBool);
  const Tensor weight = torch::tensor({{2.0, 0.0}, {3.0, 5.0}}, kDouble);
  const Tensor h = Choice::per_task(mask, weight).apply(torch::ones({3, 2}, kDouble), three_rows());
  EXPECT_THAT(doubles(h), ElementsAre(2, 0, 3, 5, 2, 0));
}

TEST(Choice, AppliesEachRowsWeights) {
  const Tensor ranks = torch::tensor({{2, 0}, {1, 2}, {0, 1}}, kWhole);
  const Tensor weight = torch::tensor({{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}}, kDouble);
  const Tensor z = torch::full({3, 3}, 10.0, kDouble);
  EXPECT_THAT(doubles(Choice::per_row(ranks, weight, 3).apply(z, three_rows())),
              ElementsAre(20, 0, 10, 0, 30, 40, 50, 60, 0));
}

TEST(Choice, RefusesShapesThatDoNotFit) {
  const Tensor ranks = torch::zeros({3, 2}, kWhole);
  EXPECT_EQ(error_of([&] {
              Choice::per_row(ranks, torch::zeros({3, 1}, kDouble), 4);
            }),
            "ranks [3, 2] and weight [3, 1] of a choice by row must both be [rows, k]");
  EXPECT_EQ(error_of([&] { Choice::per_task(ranks == 0, torch::zeros({3}, kDouble)); }),
            "mask [3, 2] and weight [3] of a choice by task must both be [tasks, ranks]");
  EXPECT_EQ(error_of([&] {
              Choice::per_task(ranks, torch::zeros({3, 2}, kDouble));
            }),
            "the mask of a choice by task is Long, it must be bool");
}

TEST(RankUsage, CountsEveryRankOfEveryRow) {
  RankUsage usage(2, 3, /*pairs=*/true, torch::kCPU);
  usage.add(Choice::all(3), three_rows());
  EXPECT_THAT(integers(usage.count()), ElementsAre(2, 2, 2, 1, 1, 1));
  EXPECT_THAT(doubles(usage.gate_mass()), ElementsAre(2, 2, 2, 1, 1, 1));
  EXPECT_THAT(integers(usage.coactivation()), ElementsAre(3, 3, 3, 3, 3, 3, 3, 3, 3));
}

TEST(RankUsage, CountsATasksRanksOnceARow) {
  RankUsage usage(2, 2, /*pairs=*/true, torch::kCPU);
  const Tensor mask = torch::tensor({{1, 0}, {1, 1}}, kWhole).to(torch::kBool);
  // A chosen rank counts although its weight is zero: usage is the choice, not the product.
  usage.add(Choice::per_task(mask, torch::tensor({{2.0, 0.0}, {0.0, 5.0}}, kDouble)), three_rows());
  EXPECT_THAT(integers(usage.count()), ElementsAre(2, 0, 1, 1));
  EXPECT_THAT(doubles(usage.gate_mass()), ElementsAre(4, 0, 0, 5));
  EXPECT_THAT(integers(usage.coactivation()), ElementsAre(3, 1, 1, 1));
}

TEST(RankUsage, CountsTheRanksOfEachRow) {
  RankUsage usage(2, 3, /*pairs=*/true, torch::kCPU);
  const Tensor ranks = torch::tensor({{2, 0}, {1, 2}, {0, 1}}, kWhole);
  const Tensor weight = torch::tensor({{1.0, 2.0}, {3.0, 4.0}, {5.0, 6.0}}, kDouble);
  usage.add(Choice::per_row(ranks, weight, 3), three_rows());
  EXPECT_THAT(integers(usage.count()), ElementsAre(2, 1, 1, 0, 1, 1));
  EXPECT_THAT(doubles(usage.gate_mass()), ElementsAre(7, 6, 1, 0, 3, 4));
  EXPECT_THAT(integers(usage.coactivation()), ElementsAre(2, 1, 1, 1, 2, 1, 1, 1, 2));
}

// The first and the third example are of the first task, the second is of the other one.
TEST(RankUsage, CountsEveryOtherExampleOfEachTaskByItselfOverBatches) {
  RankUsage usage(2, 3, /*pairs=*/true, torch::kCPU);
  const Tensor ranks = torch::tensor({{2}, {1}, {0}}, kWhole);
  const Choice choice = Choice::per_row(ranks, torch::ones({3, 1}, kDouble), 3);
  usage.add(choice, three_rows());  // the first example of each
  EXPECT_THAT(integers(usage.half_count()), ElementsAre(0, 0, 1, 0, 1, 0));
  usage.add(choice, three_rows());  // the third one of the first task
  EXPECT_THAT(integers(usage.half_count()), ElementsAre(0, 0, 2, 0, 1, 0));
  usage.reset();
  EXPECT_EQ(usage.half_count().sum().item<std::int64_t>(), 0);
  usage.add(Choice::all(3), three_rows());
  EXPECT_THAT(integers(usage.half_count()), ElementsAre(1, 1, 1, 1, 1, 1));
}

TEST(RankUsage, AddsUpUntilItIsReset) {
  RankUsage usage(2, 1, /*pairs=*/false, torch::kCPU);
  usage.add(Choice::all(1), three_rows());
  usage.add(Choice::all(1), three_rows());
  EXPECT_THAT(integers(usage.count()), ElementsAre(4, 2));
  EXPECT_FALSE(usage.coactivation().defined());
  usage.reset();
  EXPECT_THAT(integers(usage.count()), ElementsAre(0, 0));
  EXPECT_THAT(doubles(usage.gate_mass()), ElementsAre(0, 0));
}

// A gate that records what its hooks are told.
class WatchedGate : public OpenGate {
 public:
  explicit WatchedGate(std::int64_t ranks) : OpenGate(ranks) {}
  void after_step(const Tensor& chosen, const StepInfo&) override {
    steps.push_back(integers(chosen));
  }
  std::vector<std::vector<std::int64_t>> steps;
};

RankUpdate watched_update(const std::shared_ptr<WatchedGate>& gate, double dropout = 0) {
  return RankUpdate({"site", 2, 1}, {.tasks = 2, .options = kDouble},
                    {.a = torch::ones({2, 2}, kDouble),
                     .b = torch::ones({1, 2}, kDouble),
                     .scale = 3,
                     .dropout = dropout,
                     .gate = gate});
}

TEST(RankUpdate, AddsScaleTimesTheProduct) {
  RankUpdate update = watched_update(std::make_shared<WatchedGate>(2));
  const Batch batch = three_rows();
  const FrozenLinear frozen{torch::zeros({1, 2}, kDouble), torch::full({1}, 0.5, kDouble)};
  // Rows (1,2), (5,6), (3,4): A x = their sum, twice; B adds both; scale 3.
  EXPECT_THAT(doubles(update.forward(batch.features, frozen, {.batch = batch})),
              ElementsAre(0.5 + 18, 0.5 + 66, 0.5 + 42));
}

TEST(RankUpdate, RefusesFactorsThatDoNotFitItsSite) {
  const auto made = [](const Tensor& a, const Tensor& b) {
    return error_of([&] {
      RankUpdate({"layer.0", 2, 1}, {.options = kDouble},
                 {.a = a, .b = b, .gate = std::make_shared<OpenGate>(2)});
    });
  };
  EXPECT_EQ(made(torch::ones({2, 3}, kDouble), {}), "A must be [rows, 2], it is [2, 3] at layer.0");
  EXPECT_EQ(made(torch::ones({2, 2}, kDouble), torch::ones({2, 2}, kDouble)),
            "B must be [1, ranks], it is [2, 2] at layer.0");
}

// A gate that gives one choice, whatever the batch is.
class GivenGate : public Gate {
 public:
  explicit GivenGate(std::function<Choice()> make) : make_(std::move(make)) {}
  Routing forward(const GateInput&) override { return make_(); }

 private:
  std::function<Choice()> make_;
};

TEST(RankUpdate, RefusesAChoiceThatDoesNotFitAndNamesItsSite) {
  const auto refusal = [](std::function<Choice()> make) {
    RankUpdate update(
        {"layer.0", 2, 1}, {.tasks = 2, .options = kDouble},
        {.a = torch::ones({2, 2}, kDouble), .gate = std::make_shared<GivenGate>(std::move(make))});
    const Batch batch = three_rows();
    const FrozenLinear frozen{torch::zeros({1, 2}, kDouble), {}};
    return error_of([&] { update.forward(batch.features, frozen, {.batch = batch}); });
  };
  EXPECT_EQ(refusal([] { return Choice::all(3); }),
            "layer.0: the gate chooses among 3 ranks, the update has 2");
  const Tensor weight = torch::ones({4, 2}, kDouble);
  EXPECT_EQ(refusal([&] { return Choice::per_task(weight > 0, weight); }),
            "layer.0: the gate chooses for 4 tasks, the batch has 2");
  EXPECT_EQ(refusal([&] { return Choice::per_row(weight.to(torch::kInt64), weight, 2); }),
            "layer.0: the gate chooses for 4 rows, the batch has 3");
  EXPECT_EQ(refusal([&] { return Choice::per_task(weight > 0, weight[0]); }),
            "layer.0: mask [4, 2] and weight [2] of a choice by task must both be [tasks, ranks]");
}

// Reads A x without saying that it does.
class CuriousGate : public OpenGate {
 public:
  CuriousGate() : OpenGate(2) {}
  Routing forward(const GateInput& input) override {
    EXPECT_TRUE(input.z().defined());
    return OpenGate::forward(input);
  }
};

TEST(RankUpdate, TellsAGateThatReadsRanksUnaskedWhatToSay) {
  RankUpdate update({"layer.0", 2, 1}, {.tasks = 2, .options = kDouble},
                    {.a = torch::ones({2, 2}, kDouble), .gate = std::make_shared<CuriousGate>()});
  const Batch batch = three_rows();
  const FrozenLinear frozen{torch::zeros({1, 2}, kDouble), {}};
  EXPECT_EQ(error_of([&] { update.forward(batch.features, frozen, {.batch = batch}); }),
            "layer.0: the gate reads z = A x, which it gets where its reads_ranks() is true");
}

TEST(RankUpdate, TellsTheGateOncePerStepWhatItsTrainingRowsChose) {
  const auto gate = std::make_shared<WatchedGate>(2);
  RankUpdate update = watched_update(gate);
  const Batch batch = three_rows();
  const FrozenLinear frozen{torch::zeros({1, 2}, kDouble), {}};
  const Pass training{.batch = batch, .step_info = {.training = true}};
  update.forward(batch.features, frozen, training);  // two micro-batches
  update.forward(batch.features, frozen, training);
  update.forward(batch.features, frozen, {.batch = batch});  // an evaluation does not count
  update.after_step({});
  update.forward(batch.features, frozen, training);
  update.after_step({});
  EXPECT_THAT(gate->steps, ElementsAre(ElementsAre(6, 6), ElementsAre(3, 3)));
  EXPECT_THAT(integers(update.training_usage()->count()), ElementsAre(6, 6, 3, 3));
  EXPECT_THAT(integers(update.evaluation_usage()->count()), ElementsAre(2, 2, 1, 1));
}

// A term of 3 for each sequence.
class CostlyGate : public OpenGate {
 public:
  CostlyGate() : OpenGate(2) {}
  Routing forward(const GateInput& input) override {
    return {OpenGate::forward(input).choice,
            mean_term(torch::full({}, 3.0, kDouble), 1, input.pass.batch)};
  }
};

// Two sites with costly gates, their terms combined by `rule` of the number of sites.
class CostlyAdapter : public Adapter {
 public:
  explicit CostlyAdapter(double (*rule)(std::int64_t)) : rule_(rule) {
    for (const char* name : {"a", "b"}) {
      const Site site{name, 2, 1, {}};
      add(site, CostlyAdapter::make_update(site, {.tasks = 2, .options = kDouble}));
    }
  }
  std::shared_ptr<Update> make_update(const Site& site, const AdapterInputs& inputs) override {
    return std::make_shared<RankUpdate>(
        site, inputs,
        RankUpdateParts{.a = torch::ones({2, 2}, kDouble), .gate = std::make_shared<CostlyGate>()});
  }
  double auxiliary_factor(std::int64_t sites) const override { return rule_(sites); }
  void forward(bool training) {
    const Batch batch = three_rows();
    const FrozenLinear frozen{torch::zeros({1, 2}, kDouble), {}};
    const Pass pass{.batch = batch, .step_info = {.training = training}};
    for (const auto& [site, update] : attached()) update->forward(batch.features, frozen, pass);
  }

 private:
  double (*rule_)(std::int64_t);
};

TEST(Auxiliary, IsTakenOnceAndOnlyAfterATrainingForward) {
  CostlyAdapter adapter([](std::int64_t) { return 1.0; });
  adapter.forward(/*training=*/true);
  EXPECT_TRUE(adapter.take_auxiliary().sum.defined());
  EXPECT_FALSE(adapter.take_auxiliary().sum.defined());
  adapter.forward(/*training=*/true);
  adapter.forward(/*training=*/false);
  EXPECT_FALSE(adapter.take_auxiliary().sum.defined()) << "the last forward was no training";
}

TEST(Auxiliary, AMeanOverRowsCountsEachSequenceAlike) {
  const Dataset data = fixtures::sequences({1, 2, 3}, {}, {0, 1, 3}, {});
  const Batch batch = pack(data, SplitName::kTrain, {{0, 0}, {0, 1}}, kDouble);
  const Tensor rows = torch::tensor({1.0, 2.0, 4.0}, kDouble);
  EXPECT_EQ(row_mean_term(rows, 0.5, batch).sum.item<double>(), 0.5 * (1 + (2 + 4) / 2.0));
  EXPECT_EQ(error_of([&] { row_mean_term(rows.mean(), 1, batch); }),
            "row_mean_term: the loss is [], expected one number for each of 3 rows");
}

TEST(Auxiliary, TermsOfSitesAreCombinedByTheAdaptersRule) {
  CostlyAdapter sum([](std::int64_t) { return 1.0; });
  sum.forward(/*training=*/true);
  EXPECT_EQ(sum.take_auxiliary().sum.item<double>(), 2 * 3 * 3) << "sites, term, sequences";
  CostlyAdapter mean([](std::int64_t sites) { return 1 / static_cast<double>(sites); });
  mean.forward(/*training=*/true);
  mean.forward(/*training=*/true);  // a pass run again replaces its terms
  EXPECT_EQ(mean.take_auxiliary().sum.item<double>(), 3 * 3);
}

TEST(RankUpdate, DropsInputsInTrainingOnlyAndReplays) {
  RankUpdate update = watched_update(std::make_shared<WatchedGate>(2), /*dropout=*/0.5);
  const Batch batch = three_rows();
  const FrozenLinear frozen{torch::zeros({1, 2}, kDouble), {}};
  const auto output = [&](bool training, std::uint64_t noise) {
    const Pass pass{.batch = batch, .step_info = {.training = training}, .noise = Seed(noise)};
    return doubles(update.forward(batch.features, frozen, pass));
  };
  EXPECT_THAT(output(false, 1), ElementsAre(18, 66, 42));
  EXPECT_EQ(output(true, 1), output(true, 1));
  EXPECT_NE(output(true, 1), output(true, 2));
  // Mean over masks is the whole: each of 6 inputs is kept with probability 1/2 and doubled.
  double sum = 0;
  for (std::uint64_t noise = 0; noise < 400; ++noise) sum += output(true, noise)[1];
  EXPECT_NEAR(sum / 400, 66, 12);  // five times 6 * sqrt(25 + 36) / 20
}

TEST(RankUpdate, CountsWhatOneRowUses) {
  RankUpdate update = watched_update(std::make_shared<WatchedGate>(2));
  EXPECT_EQ(update.active_parameters(), 2 * (2 + 1));
  EXPECT_EQ(update.router_parameters(), 0);
  RankUpdate frozen(
      {"site", 2, 1}, {.tasks = 1, .options = kDouble},
      {.a = torch::ones({2, 2}, kDouble), .train_a = false, .gate = std::make_shared<OpenGate>(2)});
  EXPECT_EQ(frozen.active_parameters(), 2 * 1);
  EXPECT_FALSE(frozen.factors()->a.requires_grad());
}

TEST(RandomTensor, HasItsRangeAndDependsOnTheSeedAlone) {
  const Tensor uniform = uniform_tensor({1000}, 0.5, Seed(1), kDouble);
  EXPECT_LE(uniform.abs().max().item<double>(), 0.5);
  EXPECT_NEAR(uniform.square().mean().item<double>(), 0.25 / 3, 0.01);
  EXPECT_TRUE(torch::equal(uniform, uniform_tensor({1000}, 0.5, Seed(1), kDouble)));
  EXPECT_FALSE(torch::equal(uniform, uniform_tensor({1000}, 0.5, Seed(2), kDouble)));
  EXPECT_LE(linear_init(10, 16, Seed(1), kDouble).abs().max().item<double>(), 0.25);
  const Tensor mask = dropout_mask(torch::empty({10000}, kDouble), 0.2, Seed(3));
  EXPECT_NEAR(mask.mean().item<double>(), 1, 0.025);  // five standard deviations
  EXPECT_TRUE(((mask == 0) | (mask == 1.25)).all().item<bool>());
}

}  // namespace
}  // namespace rankwise
