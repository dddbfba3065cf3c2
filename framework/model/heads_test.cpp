#include "framework/model/heads.h"

#include "framework/data/doubles.h"
#include "framework/testing/fixtures.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace rankwise {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsNan;
using torch::Tensor;

Task task(const char* name, TaskKind kind, std::int64_t outputs) {
  return {.name = name, .kind = kind, .classes = outputs, .outputs = outputs};
}

// One row a sequence, so that pooled vectors are the rows; each example `sizes[i]` sequences.
Split split(const std::vector<std::int64_t>& sizes, std::vector<double> targets) {
  Split made;
  made.starts = {0};
  made.groups = {0};
  for (const std::int64_t size : sizes) made.groups.push_back(made.groups.back() + size);
  for (std::int64_t s = 1; s <= made.groups.back(); ++s) made.starts.push_back(s);
  made.features.resize(static_cast<std::size_t>(made.groups.back()) * 2);
  made.target = std::move(targets);
  return made;
}

Dataset three_kinds() {
  Dataset dataset;
  dataset.feature_width = 2;
  dataset.tasks.resize(3);
  dataset.tasks[0].task = task("classes", TaskKind::kClassify, 2);
  dataset.tasks[0].train = split({1, 1}, {1, 0});
  dataset.tasks[1].task = task("number", TaskKind::kRegress, 1);
  dataset.tasks[1].task.target_mean = 10;
  dataset.tasks[1].task.target_std = 4;
  dataset.tasks[1].train = split({1}, {18});
  dataset.tasks[2].task = task("choice", TaskKind::kChoose, 1);
  dataset.tasks[2].train = split({2, 3}, {1, 0});
  return dataset;
}

// Heads whose outputs are: classes (x, y), number x, choice x + y.
std::shared_ptr<Heads> heads_for(const Dataset& dataset) {
  std::vector<Task> tasks;
  for (const TaskData& data : dataset.tasks) tasks.push_back(data.task);
  auto heads = std::make_shared<Heads>(tasks, 2, GivenHead{}, Seed(1), kDouble);
  const torch::NoGradGuard no_grad;
  auto parameters = heads->named_parameters();
  parameters["classes_weight"].copy_(torch::tensor({{1.0, 0.0}, {0.0, 1.0}}, kDouble));
  parameters["number_weight"].copy_(torch::tensor({{1.0, 0.0}}, kDouble));
  parameters["choice_weight"].copy_(torch::tensor({{1.0, 1.0}}, kDouble));
  return heads;
}

double cross_entropy(const std::vector<double>& scores, std::size_t right) {
  double sum = 0;
  for (const double score : scores) sum += std::exp(score);
  return std::log(sum) - scores[right];
}

TEST(Heads, LossOfClassesIsCrossEntropySummedOverExamples) {
  const Dataset dataset = three_kinds();
  const Batch batch = pack(dataset, SplitName::kTrain, {{0, 0}, {0, 1}}, kDouble);
  const Tensor pooled = torch::tensor({{1.0, 3.0}, {0.5, 2.0}}, kDouble);
  const Tensor loss = heads_for(dataset)->loss_sum(pooled, batch);
  EXPECT_NEAR(loss.item<double>(), cross_entropy({1, 3}, 1) + cross_entropy({0.5, 2}, 0), 1e-14);
  EXPECT_THAT(doubles(heads_for(dataset)->predict(pooled, batch)), ElementsAre(1, 1));
}

TEST(Heads, LossOfNumbersIsInStandardisedUnits) {
  const Dataset dataset = three_kinds();
  const Batch batch = pack(dataset, SplitName::kTrain, {{1, 0}}, kDouble);
  const Tensor pooled = torch::tensor({{0.5, 7.0}}, kDouble);
  // The target 18 is (18 - 10) / 4 = 2; the output 0.5 means 0.5 * 4 + 10 = 12.
  EXPECT_DOUBLE_EQ(heads_for(dataset)->loss_sum(pooled, batch).item<double>(), 1.5 * 1.5);
  EXPECT_THAT(doubles(heads_for(dataset)->predict(pooled, batch)), ElementsAre(12));
}

TEST(Heads, LossOfChoicesIsCrossEntropyOverCandidates) {
  const Dataset dataset = three_kinds();
  const Batch batch = pack(dataset, SplitName::kTrain, {{2, 0}, {2, 1}}, kDouble);
  const Tensor pooled =
      torch::tensor({{1.0, 0.0}, {1.0, 1.0}, {0.0, 0.5}, {3.0, 0.0}, {1.0, 0.0}}, kDouble);
  const auto heads = heads_for(dataset);
  EXPECT_NEAR(heads->loss_sum(pooled, batch).item<double>(),
              cross_entropy({1, 2}, 1) + cross_entropy({0.5, 3, 1}, 0), 1e-14);
  EXPECT_THAT(doubles(heads->predict(pooled, batch)), ElementsAre(1, 1));
}

TEST(Heads, ChoicesOfDifferentSizesHaveFiniteGradients) {
  const Dataset dataset = three_kinds();
  const Batch batch = pack(dataset, SplitName::kTrain, {{2, 0}, {2, 1}}, kDouble);
  const auto heads = heads_for(dataset);
  heads->loss_sum(torch::ones({5, 2}, kDouble), batch).backward();
  // Equal candidates share the probability, so each group's gradient cancels.
  EXPECT_THAT(doubles(heads->named_parameters()["choice_weight"].grad()),
              ElementsAre(DoubleNear(0, 1e-15), DoubleNear(0, 1e-15)));
}

TEST(Heads, TasksOfABatchAddUpAndKeepTheirPlaces) {
  const Dataset dataset = three_kinds();
  const auto heads = heads_for(dataset);
  const Batch mixed = pack(dataset, SplitName::kTrain, {{2, 0}, {0, 0}, {1, 0}}, kDouble);
  const Tensor pooled = torch::tensor({{1.0, 0.0}, {1.0, 1.0}, {1.0, 3.0}, {0.5, 0.0}}, kDouble);
  EXPECT_NEAR(heads->loss_sum(pooled, mixed).item<double>(),
              cross_entropy({1, 2}, 1) + cross_entropy({1, 3}, 1) + 2.25, 1e-14);
  EXPECT_THAT(doubles(heads->predict(pooled, mixed)), ElementsAre(1, 1, 12));
}

// An index of the largest value would make a class of nothing.
TEST(Heads, PredictNothingWhereOutputsAreNotFinite) {
  const Dataset dataset = three_kinds();
  const Batch batch =
      pack(dataset, SplitName::kTrain, {{0, 0}, {0, 1}, {1, 0}, {2, 0}, {2, 1}}, kDouble);
  const double inf = std::numeric_limits<double>::infinity();
  const Tensor pooled = torch::tensor({{1.0, inf},
                                       {1.0, 3.0},
                                       {std::nan(""), 0.0},
                                       {1.0, 0.0},
                                       {-inf, 0.0},
                                       {0.0, 0.5},
                                       {3.0, 0.0},
                                       {1.0, 0.0}},
                                      kDouble);
  EXPECT_THAT(doubles(heads_for(dataset)->predict(pooled, batch)),
              ElementsAre(IsNan(), 1, IsNan(), IsNan(), 1));
}

TEST(Heads, LossScaleMultipliesTheTasksLoss) {
  Dataset dataset = three_kinds();
  dataset.tasks[1].task.loss_scale = 3;
  const Batch batch = pack(dataset, SplitName::kTrain, {{1, 0}}, kDouble);
  const Tensor pooled = torch::tensor({{0.5, 7.0}}, kDouble);
  EXPECT_DOUBLE_EQ(heads_for(dataset)->loss_sum(pooled, batch).item<double>(), 3 * 2.25);
}

TEST(Heads, LossOfVectorsIsTheMeanOverTheirValues) {
  Dataset dataset;
  dataset.feature_width = 2;
  dataset.target_width = 2;
  dataset.tasks.resize(1);
  dataset.tasks[0].task = task("vector", TaskKind::kRegress, 2);
  dataset.tasks[0].train = split({1}, {1, 5});
  const GivenHead fixed{torch::eye(2, kDouble)};
  Heads heads({dataset.tasks[0].task}, 2, fixed, Seed(1), kDouble);
  EXPECT_TRUE(heads.parameters().empty()) << "a suite's own head is not trained";
  const Batch batch = pack(dataset, SplitName::kTrain, {{0, 0}}, kDouble);
  const Tensor pooled = torch::tensor({{2.0, 2.0}}, kDouble);
  EXPECT_DOUBLE_EQ(heads.loss_sum(pooled, batch).item<double>(), (1 + 9) / 2.0);
  EXPECT_THAT(doubles(heads.predict(pooled, batch)), ElementsAre(2, 2));
}

TEST(Heads, PoolIsTheMeanOverASequencesRows) {
  Dataset dataset;
  dataset.feature_width = 2;
  dataset.tasks.resize(1);
  dataset.tasks[0].train = split({1, 1}, {0, 0});
  dataset.tasks[0].train.starts = {0, 1, 4};
  dataset.tasks[0].train.features.resize(8);
  const Batch batch = pack(dataset, SplitName::kTrain, {{0, 0}, {0, 1}}, kDouble);
  const Tensor hidden = torch::tensor({{1.0, 2.0}, {3.0, 0.0}, {6.0, 3.0}, {0.0, 0.0}}, kDouble);
  hidden.requires_grad_(true);
  const Tensor pooled = Heads::pool(hidden, batch);
  EXPECT_THAT(doubles(pooled), ElementsAre(1, 2, 3, 1));
  (pooled * torch::tensor({{1.0, 1.0}, {3.0, 6.0}}, kDouble)).sum().backward();
  EXPECT_THAT(doubles(hidden.grad()), ElementsAre(1, 1, 1, 2, 1, 2, 1, 2));
}

TEST(Heads, StartWithinALinearLayersBoundsAndZeroBias) {
  Heads heads({task("a", TaskKind::kClassify, 50)}, 16, {}, Seed(1), kDouble);
  EXPECT_LE(heads.named_parameters()["a_weight"].abs().max().item<double>(), 0.25);
  EXPECT_GT(heads.named_parameters()["a_weight"].abs().max().item<double>(), 0.2);
  EXPECT_EQ(heads.named_parameters()["a_bias"].abs().max().item<double>(), 0);
}

}  // namespace
}  // namespace rankwise
