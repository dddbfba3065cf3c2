// What is counted: parameters, and ranks in evaluation and in training.

#include "framework/testing/conformance_checks.h"
#include "framework/train/evaluator.h"

#include <gtest/gtest.h>

namespace rankwise::conformance {

using torch::Tensor;
using toy::Recipe;

namespace {

// [T] ranks that a row of each task used, of what was counted over `rows` [T]. Every task has rows.
Tensor used_ranks(RankUsage& usage, const Tensor& rows) {
  return usage.count().sum(1).to(torch::kCPU, torch::kFloat64) / rows.to(torch::kFloat64);
}

// What was counted is what the gate says of itself, and what is off had no weight.
void expect_usage(RankUsage& usage, const Tensor& rows, double active, const std::string& site) {
  const Tensor used = used_ranks(usage, rows);
  EXPECT_TRUE(torch::equal(used, used.floor()))
      << site << ": the rows of a task used different numbers of ranks: " << used;
  EXPECT_NEAR(used.mean().item<double>(), active, 1e-9)
      << site << ": active_ranks() is not the mean over tasks of the ranks a row used: " << used;
  const Tensor off = usage.gate_mass().masked_select(usage.count() == 0);
  EXPECT_EQ(off.count_nonzero().item<std::int64_t>(), 0)
      << site << ": a rank that was counted as off has a weight";
}

// [T] rows of each task that pass through a site.
Tensor rows_at(const std::string& site, const Recipe& recipe, const Batch& batch) {
  const bool answers = recipe.kind == toy::Kind::kEncoderDecoder && toy::reads_answers(site);
  return (answers ? *batch.decoder : batch).task_rows.to(torch::kCPU);
}

Batch whole_dev(const Recipe& recipe) {
  const Dataset& data = toy::dataset(recipe.kind);
  return pack(data, SplitName::kDev, toy::examples(recipe.kind, data.tasks[0].dev.examples()),
              recipe.tensors, toy::pack_form(recipe.kind, Purpose::kScoring));
}

// Rows that differ in their ranks, not in weights alone, are told of.
void expect_told(Update& update, const std::string& site) {
  const bool per_row = update.evaluation_usage()->per_row();
  const bool some =
      update.gate()->active_ranks(update.ranks(), {}) < static_cast<double>(update.ranks());
  EXPECT_TRUE(update.gate()->chooses_per_row() ? per_row : !per_row || !some)
      << site << ": chooses_per_row() is not what the gate's choices were";
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

void expect_evaluation_usage(Model& model, const Recipe& recipe) {
  Evaluator(toy::dataset(recipe.kind), 64, recipe.tensors).evaluate(model, SplitName::kDev, true);
  const Batch dev = whole_dev(recipe);
  std::size_t routed = 0;
  for (const auto& [site, update] : model.adapter().attached()) {
    if (update->gate() == nullptr) continue;
    ++routed;
    const Tensor rows = rows_at(site.name, recipe, dev);
    expect_usage(*update->evaluation_usage(), rows,
                 update->gate()->active_ranks(update->ranks(), {}), site.name);
    if (const auto selection = update->gate()->selection()) {
      EXPECT_TRUE(torch::equal(used_ranks(*update->evaluation_usage(), rows),
                               selection->rank.to(torch::kCPU, torch::kFloat64)))
          << site.name << ": selection() is not what the rows of each task used";
    }
    const Tensor count = update->evaluation_usage()->count().to(torch::kCPU);
    EXPECT_GE(count.min().item<std::int64_t>(), 0);
    EXPECT_TRUE(update->evaluation_usage()->gate_mass().isfinite().all().item<bool>());
    const Tensor together = update->evaluation_usage()->coactivation();
    expect_told(*update, site.name);
    if (together.defined()) {
      const Tensor half = update->evaluation_usage()->half_count().to(torch::kCPU);
      EXPECT_TRUE((half <= count).all().item<bool>()) << site.name;
      EXPECT_TRUE(torch::equal(together.to(torch::kCPU).diagonal(), count.sum(0))) << site.name;
    }
  }
  EXPECT_GT(routed, 0U) << "no site counts usage: declare an exemption";
}

void usage(const Recipe& recipe) {
  const Dataset& data = toy::dataset(recipe.kind);
  const auto model = trained(recipe);
  expect_evaluation_usage(*model, recipe);
  const std::vector<Tensor> expected = evaluation_counts(*model);
  for (const std::int64_t size : {1, 9, 4096}) {  // exact in fp64 only: bits depend on the rows
    Evaluator(data, size, recipe.tensors).evaluate(*model, SplitName::kDev, true);
    const std::vector<Tensor> counts = evaluation_counts(*model);
    for (std::size_t i = 0; i < counts.size(); ++i) {
      EXPECT_TRUE(torch::equal(counts[i], expected[i])) << size << " rows per batch";
    }
  }
  Evaluator(data, 64, recipe.tensors).evaluate(*model, SplitName::kDev, false);
  EXPECT_TRUE(torch::equal(evaluation_counts(*model)[0], expected[0])) << "counted unasked";
}

void training_usage(const Recipe& recipe) {
  const auto model = toy::model(recipe);
  const Batch batch = train_batch(recipe);
  std::vector<double> active;  // before the step: a selection may move with it
  for (const auto& [site, update] : model->adapter().attached()) {
    if (update->gate() == nullptr) continue;
    active.push_back(
        update->gate()->active_ranks(update->ranks(), {.training = true, .step = 0, .steps = 1}));
  }
  trainer(*model, recipe, toy::training(1)).step(toy::examples(recipe.kind, 4));
  std::size_t i = 0;
  for (const auto& [site, update] : model->adapter().attached()) {
    if (update->gate() == nullptr) continue;
    expect_usage(*update->training_usage(), rows_at(site.name, recipe, batch), active[i++],
                 site.name);
  }
  EXPECT_GT(i, 0U) << "no site counts usage: declare an exemption";
}

}  // namespace rankwise::conformance
