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
              recipe.tensors);
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

Tensor pooled(Model& model, const Batch& batch, bool training) {
  const torch::NoGradGuard no_grad;
  return model.forward({.batch = batch, .step_info = {.training = training}, .count_usage = false})
      .pooled;
}

}  // namespace rankwise::conformance
