// What is counted: parameters, and ranks in evaluation and in training.

#include "framework/testing/conformance_checks.h"
#include "framework/train/evaluator.h"

#include <gtest/gtest.h>

#include <cmath>

namespace rankwise::conformance {

using torch::Tensor;
using toy::Recipe;

namespace {

// [T] ranks that one row of each task uses at this site.
Tensor active_ranks(Update& update, std::int64_t tasks) {
  if (const auto selection = update.gate()->selection()) {
    return selection->rank.to(torch::kCPU, torch::kInt64);
  }
  const double active = update.gate()->active_ranks(update.ranks());
  EXPECT_EQ(active, std::floor(active)) << "active ranks of a row are a whole number";
  return torch::full({tasks}, static_cast<std::int64_t>(active), torch::kInt64);
}

Tensor rows_of_tasks(const Dataset& data, SplitName name) {
  std::vector<std::int64_t> rows;
  for (const TaskData& task : data.tasks) rows.push_back(task.split(name).starts.back());
  return torch::tensor(rows, torch::kInt64);
}

std::vector<Tensor> evaluation_counts(Model& model) {
  std::vector<Tensor> counts;
  for (const auto& [site, update] : model.adapter().attached()) {
    if (update->gate() == nullptr) continue;
    counts.push_back(update->evaluation_usage()->count().to(torch::kCPU).clone());
  }
  return counts;
}

}  // namespace

void counts(const Recipe& recipe) {
  const auto model = toy::model(recipe);
  const ParameterCounts counts = model->count();
  EXPECT_GE(counts.frozen, 0);
  EXPECT_GE(counts.active, 0);
  EXPECT_LE(counts.active, counts.trainable - counts.head) << "a row uses no more than there is";
  EXPECT_GE(counts.router, 0);
  EXPECT_LE(counts.router, counts.total - counts.head);
}

void usage(const Recipe& recipe) {
  const Dataset& data = toy::dataset(recipe.kind);
  const auto model = trained(recipe);
  Evaluator(data, 64, recipe.tensors).evaluate(*model, SplitName::kDev, true);
  const Tensor rows = rows_of_tasks(data, SplitName::kDev);
  std::size_t routed = 0;
  for (const auto& [site, update] : model->adapter().attached()) {
    if (update->gate() == nullptr) continue;
    ++routed;
    const Tensor expected = rows * active_ranks(*update, data.task_count());
    const Tensor count = update->evaluation_usage()->count().to(torch::kCPU);
    EXPECT_TRUE(torch::equal(count.sum(1), expected)) << site.name << "\n" << count;
    EXPECT_GE(count.min().item<std::int64_t>(), 0);
    EXPECT_TRUE(update->evaluation_usage()->gate_mass().isfinite().all().item<bool>());
    const Tensor together = update->evaluation_usage()->together();
    EXPECT_EQ(together.defined(), update->gate()->chooses_by_row());
    if (together.defined()) {
      EXPECT_TRUE(torch::equal(together.to(torch::kCPU).diagonal(), count.sum(0))) << site.name;
    }
  }
  EXPECT_GT(routed, 0U) << "no site counts usage: declare an exemption";
  const std::vector<Tensor> expected = evaluation_counts(*model);
  for (const std::int64_t size : {1, 9, 4096}) {  // exact in fp64 only: bits depend on the rows
    Evaluator(data, size, recipe.tensors).evaluate(*model, SplitName::kDev, true);
    const std::vector<Tensor> counts = evaluation_counts(*model);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      EXPECT_TRUE(torch::equal(counts[i], expected[i])) << size << " rows a batch";
    }
  }
  Evaluator(data, 64, recipe.tensors).evaluate(*model, SplitName::kDev, false);
  EXPECT_TRUE(torch::equal(evaluation_counts(*model)[0], expected[0])) << "counted unasked";
}

void training_usage(const Recipe& recipe) {
  const auto model = toy::model(recipe);
  const Batch batch = train_batch(recipe);
  std::vector<Tensor> active;  // before the step: a selection may move with it
  for (const auto& [site, update] : model->adapter().attached()) {
    if (update->gate() != nullptr) active.push_back(active_ranks(*update, batch.tasks));
  }
  trainer(*model, recipe, toy::training(1)).step(toy::examples(recipe.kind, 4));
  std::size_t i = 0;
  for (const auto& [site, update] : model->adapter().attached()) {
    if (update->gate() == nullptr) continue;
    EXPECT_TRUE(torch::equal(update->training_usage()->count().sum(1).to(torch::kCPU),
                             batch.task_rows.to(torch::kCPU) * active[i++]))
        << site.name;
  }
  EXPECT_GT(i, 0U) << "no site counts usage: declare an exemption";
}

}  // namespace rankwise::conformance
