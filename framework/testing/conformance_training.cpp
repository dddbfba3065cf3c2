// Gradients, and what a batch may not change.

#include "framework/adapter/random_tensor.h"
#include "framework/core/glob.h"
#include "framework/testing/conformance_checks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace rankwise::conformance {

using torch::Tensor;
using toy::Recipe;

namespace {

// Sums in another order differ by rounding only: about 1e-16 times a few hundred operations.
constexpr double kRounding = 1e-10;

Tensor seen_dev(Model& model, const Recipe& recipe, const std::vector<Example>& examples) {
  return seen(model, pack(toy::dataset(recipe.kind), SplitName::kDev, examples, recipe.tensors,
                          toy::pack_form(recipe.kind, Purpose::kScoring)));
}

// Mean loss over the training split, all tasks together.
double training_loss(Model& model, const Recipe& recipe) {
  const torch::NoGradGuard no_grad;
  const Batch batch = train_batch(recipe, 48);
  const Outputs outputs = model.forward({.batch = batch, .count_usage = false});
  return train_loss(model, outputs, recipe, 48).item<double>();
}

// Away from zero, so that every product in the update has a derivative.
void move_from_start(Model& model, const Seed& seed) {
  const torch::NoGradGuard no_grad;
  for (const auto& [site, update] : model.adapter().attached()) {
    const auto factors = update->factors();
    if (!factors) continue;
    Tensor b = factors->b;
    b.copy_(normal_tensor(b.sizes(), 0.3, seed.stream(site.name), b.options()));
  }
}

constexpr std::int64_t kSlopeExamples = 3;

double total_loss(Model& model, const Recipe& recipe, bool with_gradient) {
  const c10::AutoGradMode mode(with_gradient);
  const Batch batch = train_batch(recipe, kSlopeExamples);
  const Pass pass{.batch = batch, .step_info = {.training = true}, .count_usage = false};
  Tensor loss = train_loss(model, model.forward(pass), recipe, kSlopeExamples);
  const AuxiliaryTerm auxiliary = model.adapter().take_auxiliary();
  if (auxiliary.sum.defined()) {
    loss = loss + auxiliary.sum / static_cast<double>(batch.sequences());
  }
  if (with_gradient) loss.backward();
  return loss.item<double>();
}

bool straight_through(const std::map<std::string, std::string>& exemptions,
                      const std::string& name) {
  const std::string prefix = "finite_differences/";
  return std::any_of(exemptions.begin(), exemptions.end(), [&](const auto& exemption) {
    return exemption.first.starts_with(prefix) &&
           matches(exemption.first.substr(prefix.size()), name);
  });
}

// The slope along a random direction of one parameter, by autograd and by central differences.
void compare_slopes(Model& model, const Recipe& recipe, const std::string& name,
                    const Tensor& parameter, const Seed& seed) {
  const torch::NoGradGuard no_grad;
  const Tensor start = parameter.detach().clone();
  Tensor direction = normal_tensor(parameter.sizes(), 1, seed.stream(name), parameter.options());
  direction /= direction.norm();
  const double slope = (parameter.grad() * direction).sum().item<double>();
  constexpr double kStep = 1e-6;
  parameter.copy_(start + kStep * direction);
  const double above = total_loss(model, recipe, false);
  parameter.copy_(start - kStep * direction);
  const double below = total_loss(model, recipe, false);
  parameter.copy_(start);
  // Rounding is 1e-16 / kStep = 1e-10; truncation kStep^2 = 1e-12 times third derivatives, which
  // reach 1e4 through layer norms and a contrastive temperature of 0.05.
  EXPECT_NEAR(slope, (above - below) / (2 * kStep), 1e-7 * std::max(1.0, std::abs(slope))) << name;
}

}  // namespace

void gradients(const Recipe& recipe) {
  const auto model = toy::model(recipe);
  Trainer steps = trainer(*model, recipe, toy::training(2));
  steps.step(toy::examples(recipe.kind, 4));
  steps.step(toy::examples(recipe.kind, 4));  // B is no longer zero: now A and gates have some
  std::vector<Tensor> moved = model->adapter_parameters();
  const std::vector<Tensor> heads = model->head_parameters();
  moved.insert(moved.end(), heads.begin(), heads.end());
  for (const auto& item : model->named_parameters()) {
    const Tensor& gradient = item.value().grad();
    const bool expected = std::any_of(moved.begin(), moved.end(),
                                      [&](const Tensor& t) { return t.is_same(item.value()); });
    EXPECT_EQ(item.value().requires_grad(), expected) << item.key();
    EXPECT_EQ(gradient.defined(), expected) << item.key();
    if (gradient.defined()) {
      EXPECT_GT(gradient.abs().max().item<double>(), 0) << item.key() << " has no gradient";
    }
  }
}

void neighbours(const Recipe& recipe) {
  const auto model = trained(recipe);
  std::vector<Example> all = toy::examples(recipe.kind, 5);
  const Dataset& data = toy::dataset(recipe.kind);
  const Tensor together = seen_dev(*model, recipe, all);
  std::int64_t sequence = 0;
  for (const Example& example : all) {
    const auto& groups = data.tasks[example.task].dev.groups;
    const std::int64_t count = groups[example.index + 1] - groups[example.index];
    const Tensor alone = seen_dev(*model, recipe, {example});
    EXPECT_LE(largest_difference(alone, together.narrow(0, sequence, count)), kRounding)
        << "task " << example.task << ", example " << example.index;
    sequence += count;
  }
  std::reverse(all.begin(), all.end());
  const Tensor reversed = seen_dev(*model, recipe, all);
  for (const Example& example : all) {
    const auto& groups = data.tasks[example.task].dev.groups;
    const std::int64_t count = groups[example.index + 1] - groups[example.index];
    sequence -= count;
    const std::int64_t place = together.size(0) - sequence - count;
    EXPECT_LE(
        largest_difference(together.narrow(0, sequence, count), reversed.narrow(0, place, count)),
        kRounding)
        << "in reversed order";
  }
}

// The largest difference over a parameter's own size, and whose it is.
std::pair<double, std::string> worst_difference(const State& found, const State& expected) {
  std::pair<double, std::string> worst;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Tensor& values = expected[i].second;
    const double scale = std::max(1e-3, values.abs().max().item<double>());
    const double difference = largest_difference(found[i].second, values) / scale;
    if (std::isnan(difference)) return {difference, found[i].first};
    worst = std::max(worst, {difference, found[i].first});
  }
  return worst;
}

void micro_batches(const Recipe& recipe) {
  const auto whole = toy::model(recipe);
  const auto pieces = toy::model(recipe);
  TrainOptions options = toy::training(4);
  options.epsilon = 1e-4;  // AdamW blows a gradient that is zero but for rounding up to a step
  Trainer at_once = trainer(*whole, recipe, options);
  options.micro_batch = 3;
  Trainer in_pieces = trainer(*pieces, recipe, options);
  const auto examples = toy::examples(recipe.kind, 3);
  for (int step = 0; step < 4; ++step) {
    const StepRecord a = at_once.step(examples);
    const StepRecord b = in_pieces.step(examples);
    EXPECT_NEAR(a.loss, b.loss, 1e-9 * a.loss);
    EXPECT_NEAR(a.auxiliary, b.auxiliary, 1e-9 * a.auxiliary);
    EXPECT_EQ(a.tokens, b.tokens);
  }
  const auto [difference, name] = worst_difference(pieces->state(), whole->state());
  EXPECT_LE(difference, 1e-9) << name << " differs most; a loss term must be a sum over sequences "
                              << "(mean_term, row_mean_term), not a mean over rows";
}

State gradients_of(Model& model) {
  State gradients;
  for (const auto& item : model.named_parameters()) {
    if (item.value().grad().defined()) gradients.emplace_back(item.key(), item.value().grad());
  }
  return gradients;
}

State training_counts(Model& model) {
  State counts;
  for (const auto& [site, update] : model.adapter().attached()) {
    const RankUsage* usage = update->training_usage();
    if (usage == nullptr) continue;
    counts.emplace_back(site.name + " count", usage->count().to(torch::kFloat64));
    counts.emplace_back(site.name + " gate mass", usage->gate_mass().to(torch::kFloat64));
  }
  return counts;
}

// Over two steps: in the second one B is no longer zero.
std::pair<double, std::string> difference_by_cutting(const Recipe& recipe,
                                                     const TrainOptions& whole,
                                                     const TrainOptions& cut) {
  const auto one = toy::model(recipe);
  const auto other = toy::model(recipe);
  Trainer at_once = trainer(*one, recipe, whole);
  Trainer in_pieces = trainer(*other, recipe, cut);
  const auto examples = toy::examples(recipe.kind, 3);
  std::pair<double, std::string> worst;
  for (int step = 0; step < 2; ++step) {
    const StepRecord a = at_once.step(examples);
    const StepRecord b = in_pieces.step(examples);
    worst = std::max(worst, {std::abs(a.loss - b.loss), "the loss"});
    worst = std::max(worst, {std::abs(a.auxiliary - b.auxiliary), "the auxiliary loss"});
    EXPECT_EQ(gradients_of(*other).size(), gradients_of(*one).size());
    worst = std::max(worst, worst_difference(gradients_of(*other), gradients_of(*one)));
    worst = std::max(worst, worst_difference(other->state(), one->state()));
    worst = std::max(worst, worst_difference(training_counts(*other), training_counts(*one)));
  }
  return worst;
}

void chunks(const Recipe& recipe) {
  const bool independent = toy::model(recipe)->adapter().rows_are_independent();
  TrainOptions whole = toy::training(2);
  whole.epsilon = 1e-4;  // as above
  whole.chunk_rows = 0;
  TrainOptions cut = whole;
  cut.chunk_rows = 4;
  if (!independent) cut.micro_batch = 1;  // which the trainer cuts whatever the variant says
  const auto [difference, name] = difference_by_cutting(recipe, whole, cut);
  if (independent) {
    EXPECT_LE(difference, kRounding) << name << " differs most: rows_are_independent() is wrong";
  } else {
    EXPECT_GT(difference, 1e-8) << "rows_are_independent() is false for no reason";
  }
}

// Bit for bit, for a block that runs again adds up its gradients in the same order; but for
// parameters that several blocks share.
void recompute(const Recipe& recipe) {
  const auto plain = toy::model(recipe);
  const auto again = toy::model(recipe);
  TrainOptions options = toy::training(4);
  options.epsilon = 1e-4;  // as above
  Trainer keeping = trainer(*plain, recipe, options);
  options.gradient_checkpointing = true;
  Trainer recomputing = trainer(*again, recipe, options);
  const auto examples = toy::examples(recipe.kind, 3);
  for (int step = 0; step < 3; ++step) {
    const StepRecord a = keeping.step(examples);
    const StepRecord b = recomputing.step(examples);
    EXPECT_NEAR(a.loss, b.loss, 1e-12 * a.loss);
    EXPECT_NEAR(a.auxiliary, b.auxiliary, 1e-12 * std::abs(a.auxiliary));
  }
  const auto [difference, name] = worst_difference(again->state(), plain->state());
  const bool same_bits = !toy::variant_of(recipe).facts.exemptions.contains("recompute/bits");
  EXPECT_LE(difference, same_bits ? 0 : 1e-12) << name;
  const auto& ours = again->adapter().attached();
  for (std::size_t i = 0; i < ours.size(); ++i) {
    RankUsage* usage = ours[i].update->training_usage();
    if (usage == nullptr) continue;
    const RankUsage* once = plain->adapter().attached()[i].update->training_usage();
    EXPECT_TRUE(torch::equal(usage->count(), once->count())) << ours[i].site.name;
  }
}

void loss_falls(const Recipe& recipe) {
  const auto model = toy::model(recipe);
  const double before = training_loss(*model, recipe);
  trainer(*model, recipe, toy::training(80)).run({}, [](std::int64_t) {});
  // A head alone gets below this on both toys.
  EXPECT_LT(training_loss(*model, recipe), 0.9 * before);
}

void finite_differences(const Recipe& recipe) {
  const auto model = toy::model(recipe);
  move_from_start(*model, Seed(11));
  total_loss(*model, recipe, true);
  const auto& exemptions = toy::variant_of(recipe).facts.exemptions;
  std::size_t compared = 0;
  for (const auto& [name, tensor] : model->state()) {
    if (!tensor.requires_grad() || straight_through(exemptions, name)) continue;
    ASSERT_TRUE(tensor.grad().defined()) << name;
    compare_slopes(*model, recipe, name, tensor, Seed(12));
    ++compared;
  }
  EXPECT_GT(compared, 0U);
}

}  // namespace rankwise::conformance
