// A backbone in bf16 under an adapter in fp32.

#include "framework/testing/conformance_checks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rankwise::conformance {

using torch::Tensor;
using toy::Recipe;

namespace {

Recipe with_bf16(const Recipe& recipe, bool bf16) {
  Recipe single = recipe;
  single.tensors = recipe.tensors.dtype(torch::kFloat32);
  single.bf16 = bf16;
  return single;
}

bool counts_usage(const Recipe& recipe, const std::string& check) {
  return !toy::variant_of(recipe).facts.exemptions.contains(check);
}

void expect_types(Model& model) {
  for (const auto& [name, tensor] : model.state()) {
    if (!tensor.is_floating_point()) continue;
    EXPECT_NE(tensor.scalar_type(), torch::kBFloat16) << name << " is trained or restored in bf16";
  }
  if (model.adapter().trains_backbone()) return;
  for (const auto& item : model.backbone().named_parameters()) {
    EXPECT_EQ(item.value().scalar_type(), torch::kBFloat16) << item.key();
  }
}

// One forward and backward; rows that bf16 holds exactly, so that the first site sees the same.
double pass_over(Model& model, const Recipe& recipe) {
  Batch batch = train_batch(recipe);
  if (batch.features.defined()) {
    batch.features = batch.features.to(torch::kBFloat16).to(torch::kFloat32);
  }
  const Outputs outputs = model.forward({.batch = batch, .step_info = {.training = true}});
  const Tensor loss = train_loss(model, outputs, recipe, 4);
  loss.backward();
  return loss.item<double>();
}

void copy_state(Model& from, Model& to) {
  const torch::NoGradGuard no_grad;
  const State source = from.state(), target = to.state();
  for (std::size_t i = 0; i < source.size(); ++i) Tensor(target[i].second).copy_(source[i].second);
  for (const auto& attached : to.adapter().attached()) attached.update->restored();
}

// Of all gradients as one vector: |found - expected| / |expected|.
double gradient_error(Model& found, Model& expected) {
  double error = 0, size = 0;
  const State ours = found.state(), theirs = expected.state();
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const Tensor a = ours[i].second.grad(), b = theirs[i].second.grad();
    if (!a.defined() || !b.defined()) continue;
    error += (a - b).square().sum().item<double>();
    size += b.square().sum().item<double>();
  }
  return std::sqrt(error / size);
}

bool chooses_some(Model& model) {
  const auto& sites = model.adapter().attached();
  return std::any_of(sites.begin(), sites.end(), [](const Adapter::Attached& attached) {
    Gate* gate = attached.update->gate();
    return gate != nullptr && gate->chooses_per_row();
  });
}

// The first site's rows are the same in both models: routing in fp32 chooses the same ranks.
void expect_same_choices(Model& narrow, Model& wide) {
  const auto& ours = narrow.adapter().attached();
  if (ours.empty() || ours.front().update->gate() == nullptr) return;
  RankUsage& found = *ours.front().update->training_usage();
  RankUsage& expected = *wide.adapter().attached().front().update->training_usage();
  EXPECT_TRUE(torch::equal(found.count(), expected.count())) << ours.front().site.name;
  EXPECT_LE(largest_difference(found.gate_mass(), expected.gate_mass()), 1e-4);
}

}  // namespace

void bf16(const Recipe& recipe) {
  const Recipe narrow = with_bf16(recipe, true), wide = with_bf16(recipe, false);
  const auto model = trained(narrow);
  expect_types(*model);
  if (counts_usage(recipe, "usage")) expect_evaluation_usage(*model, narrow);
  if (counts_usage(recipe, "training_usage")) training_usage(narrow);
  const auto ours = toy::model(narrow), theirs = toy::model(wide);
  copy_state(*model, *theirs);
  copy_state(*model, *ours);
  const double loss = pass_over(*ours, narrow), expected = pass_over(*theirs, wide);
  // bf16 keeps eight bits, 0.4 % of a number; the largest differences found are 0.3 % of a loss,
  // 2 % of a gradient, and 13 % where behind the first site near scores fell otherwise.
  EXPECT_NEAR(loss, expected, 0.01 * expected);
  EXPECT_LE(gradient_error(*ours, *theirs), chooses_some(*ours) ? 0.25 : 0.04);
  if (recipe.kind == toy::Kind::kFeatures) expect_same_choices(*ours, *theirs);
}

}  // namespace rankwise::conformance
