// Several processes that share each step.

#include "framework/core/error.h"
#include "framework/testing/conformance_checks.h"
#include "framework/testing/thread_processes.h"
#include "framework/train/evaluator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rankwise::conformance {

using torch::Tensor;
using toy::Recipe;

namespace {

constexpr int kSharedSteps = 20;
constexpr double kProcessRounding = 1e-10;

// What a process has at the end.
struct End {
  std::vector<double> losses;
  std::vector<Tensor> state, counts;
  std::vector<double> predictions;
};

std::vector<Tensor> usage_counts(Model& model, RankUsage* (Update::*usage_of)()) {
  std::vector<Tensor> counts;
  for (const auto& [site, update] : model.adapter().attached()) {
    const RankUsage* usage = (*update.*usage_of)();
    if (usage != nullptr) counts.push_back(usage->count().clone());
  }
  return counts;
}

End train(const Recipe& recipe, Collective& processes) {
  const auto model = toy::model(recipe);
  const Dataset& data = toy::dataset(recipe.kind);
  TrainOptions options = toy::training(kSharedSteps);
  options.epsilon = 1e-4;  // AdamW blows a gradient that is zero but for rounding up to a step
  Trainer trainer(*model, data, options, Seed(recipe.seed).stream("train"), recipe.tensors,
                  processes);
  const auto examples = toy::examples(recipe.kind, 6);
  End end;
  for (int step = 0; step < kSharedSteps; ++step) {
    const StepRecord record = trainer.step(examples);
    end.losses.insert(end.losses.end(), {record.loss, record.auxiliary});
  }
  Evaluator evaluator(data, 16, recipe.tensors);
  evaluator.share_with(processes);
  for (const auto& task : evaluator.evaluate(*model, SplitName::kDev, true).tasks) {
    end.predictions.insert(end.predictions.end(), task.prediction.begin(), task.prediction.end());
  }
  end.state = clones(model->state());
  end.counts = usage_counts(*model, &Update::training_usage);
  for (Tensor& count : usage_counts(*model, &Update::evaluation_usage)) end.counts.push_back(count);
  return end;
}

void expect_all_near(const std::vector<double>& found, const std::vector<double>& expected,
                     const char* what) {
  ASSERT_EQ(found.size(), expected.size()) << what;
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], kProcessRounding * std::max(1.0, std::abs(expected[i])))
        << what << " " << i;
  }
}

void expect_same(const End& found, const End& expected) {
  expect_all_near(found.losses, expected.losses, "loss");
  expect_all_near(found.predictions, expected.predictions, "prediction");
  ASSERT_EQ(found.counts.size(), expected.counts.size());
  for (std::size_t i = 0; i < found.counts.size(); ++i) {
    EXPECT_TRUE(torch::equal(found.counts[i], expected.counts[i])) << "counts of site " << i;
  }
  ASSERT_EQ(found.state.size(), expected.state.size());
  for (std::size_t i = 0; i < found.state.size(); ++i) {
    const double scale = std::max(1.0, expected.state[i].abs().max().item<double>());
    EXPECT_LE(largest_difference(found.state[i], expected.state[i]), kProcessRounding * scale)
        << "parameter " << i;
  }
}

}  // namespace

void processes(const Recipe& recipe) {
  if (!toy::model(recipe)->adapter().rows_are_independent()) {
    EXPECT_THROW(as_processes(2, [&](Collective& all) { train(recipe, all); }), Error);
    return;
  }
  const End alone = train(recipe, one_process());
  for (const std::int64_t size : {2, 3}) {
    std::vector<End> ends(static_cast<std::size_t>(size));
    as_processes(size, [&](Collective& all) {
      ends[static_cast<std::size_t>(all.rank())] = train(recipe, all);
    });
    for (const End& end : ends) expect_same(end, alone);
    for (const End& end : ends) {
      EXPECT_EQ(end.losses, ends.front().losses) << "every process has the same bits";
    }
  }
}

}  // namespace rankwise::conformance
