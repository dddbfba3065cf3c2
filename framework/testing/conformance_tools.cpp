#include "framework/testing/conformance_checks.h"

#include <gtest/gtest.h>

namespace rankwise::conformance {

using torch::Tensor;
using toy::Recipe;

double largest_difference(const Tensor& a, const Tensor& b) {
  return (a - b).abs().max().item<double>();
}

std::vector<Tensor> clones(const State& state) {
  std::vector<Tensor> copies;
  for (const auto& [name, tensor] : state) copies.push_back(tensor.detach().clone());
  return copies;
}

void expect_same_bits(const State& state, const std::vector<Tensor>& expected) {
  ASSERT_EQ(state.size(), expected.size());
  for (std::size_t i = 0; i < state.size(); ++i) {
    EXPECT_TRUE(torch::equal(state[i].second, expected[i])) << state[i].first;
  }
}

Batch train_batch(const Recipe& recipe, std::int64_t count) {
  return pack(toy::dataset(recipe.kind), SplitName::kTrain, toy::examples(recipe.kind, count),
              recipe.tensors, toy::pack_form(recipe.kind, Purpose::kTraining));
}

Tensor train_loss(Model& model, const Outputs& outputs, const Recipe& recipe, std::int64_t count) {
  const Dataset& data = toy::dataset(recipe.kind);
  const PackForm form = toy::pack_form(recipe.kind, Purpose::kTraining);
  LossShares shares;
  for (const Example& example : toy::examples(recipe.kind, count)) {
    const TaskData& task = data.tasks[example.task];
    shares.add(task.task, packed_size(task, SplitName::kTrain, example.index, form).asked);
  }
  return model.loss(outputs, train_batch(recipe, count), shares);
}

Trainer trainer(Model& model, const Recipe& recipe, const TrainOptions& options) {
  return Trainer(model, toy::dataset(recipe.kind), options, Seed(recipe.seed).stream("train"),
                 recipe.tensors);
}

std::unique_ptr<Model> trained(const Recipe& recipe) {
  auto model = toy::model(recipe);
  trainer(*model, recipe, toy::training(3)).run({}, [](std::int64_t) {});
  return model;
}

Tensor seen(Model& model, const Batch& batch, bool training) {
  const torch::NoGradGuard no_grad;
  const Outputs outputs =
      model.forward({.batch = batch, .step_info = {.training = training}, .count_usage = false});
  Tensor answers = torch::zeros({batch.sequences(), 1}, outputs.pooled.options());
  if (batch.answering().asked.size() > 0) {
    const AnswerLikelihood scored = model.score_answers(outputs, batch);
    std::size_t next = 0;
    const std::vector<std::int64_t>& asked = batch.answering().asked.of_sequence;
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const auto place = static_cast<std::int64_t>(i);
      const Batch* decoder = batch.decoder.get();
      if (asked[i] == 0) continue;
      answers[decoder ? decoder->source_sequence[place].item<std::int64_t>() : place] =
          scored.log_probability[next++];
    }
  }
  return torch::cat({outputs.pooled, answers}, 1);
}

}  // namespace rankwise::conformance
