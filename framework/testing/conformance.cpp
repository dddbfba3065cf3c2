#include "framework/testing/conformance.h"

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/variant.h"
#include "framework/io/safetensors.h"
#include "framework/io/test_files.h"
#include "framework/model/load_weights.h"
#include "framework/train/evaluator.h"
#include "framework/train/trainer.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>

namespace rankwise::conformance {

namespace {

using torch::Tensor;
using toy::Recipe;
using State = std::vector<std::pair<std::string, Tensor>>;

// Sums in another order differ by rounding only: about 1e-16 times a few hundred operations.
constexpr double kRounding = 1e-10;

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

Batch train_batch(const Recipe& recipe, std::int64_t count = 4) {
  return pack(toy::dataset(recipe.kind), SplitName::kTrain, toy::examples(recipe.kind, count),
              recipe.tensors);
}

Trainer trainer(Model& model, const Recipe& recipe, const TrainOptions& options) {
  return Trainer(model, toy::dataset(recipe.kind), options, Seed(recipe.seed).stream("train"),
                 recipe.tensors);
}

// A model some steps away from the start, where B is no longer zero.
std::unique_ptr<Model> trained(const Recipe& recipe, std::int64_t steps = 3) {
  auto model = toy::model(recipe);
  trainer(*model, recipe, toy::training(steps)).run({}, [](std::int64_t) {});
  return model;
}

Tensor pooled(Model& model, const Batch& batch, bool training = false) {
  const torch::NoGradGuard no_grad;
  return model.forward({.batch = batch, .moment = {.training = training}, .count_usage = false});
}

Tensor pooled_dev(Model& model, const Recipe& recipe, const std::vector<Example>& examples) {
  return pooled(model, pack(toy::dataset(recipe.kind), SplitName::kDev, examples, recipe.tensors));
}

void identity(const Recipe& recipe) {
  const auto model = toy::model(recipe);
  const auto plain = toy::backbone(recipe.kind, recipe.tensors);
  plain->freeze(true);
  const Batch batch = train_batch(recipe);
  const Pass pass{.batch = batch};
  const torch::NoGradGuard no_grad;
  const Tensor expected = plain->forward(pass);
  // B = 0 adds exact zeros; only the order of bias and product differs.
  EXPECT_LE(largest_difference(model->backbone().forward(pass), expected), 1e-12);
  EXPECT_LE(
      largest_difference(model->backbone().forward({.batch = batch, .moment = {.training = true}}),
                         expected),
      1e-12)
      << "in training";
}

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

void frozen(const Recipe& recipe) {
  const auto model = toy::model(recipe);
  State fixed;
  for (const auto& item : model->backbone().named_parameters()) {
    if (!item.value().requires_grad()) fixed.emplace_back(item.key(), item.value());
  }
  for (const auto& [site, update] : model->adapter().attached()) {
    const auto factors = update->factors();
    if (factors && !factors->a.requires_grad()) fixed.emplace_back(site.name + ".A", factors->a);
  }
  const std::vector<Tensor> before = clones(fixed);
  trainer(*model, recipe, toy::training(3)).run({}, [](std::int64_t) {});
  expect_same_bits(fixed, before);
}

void same_bits(const Recipe& recipe) {
  const auto first = trained(recipe);
  const auto second = trained(recipe);
  expect_same_bits(second->state(), clones(first->state()));
  Recipe other = recipe;
  other.seed = recipe.seed + 1;
  const auto third = trained(other);
  const State state = third->state();
  bool differs = false;
  for (std::size_t i = 0; i < state.size(); ++i) {
    differs = differs || !torch::equal(state[i].second, first->state()[i].second);
  }
  EXPECT_TRUE(differs) << "the seed changes nothing";
}

void replay(const Recipe& recipe) {
  const auto model = trained(recipe);
  const Batch batch = train_batch(recipe);
  const std::vector<Tensor> before = clones(model->state());
  const Tensor first = pooled(*model, batch, /*training=*/true);
  EXPECT_TRUE(torch::equal(pooled(*model, batch, /*training=*/true), first));
  expect_same_bits(model->state(), before);  // routers move after a step, not in a forward
}

void save_load(const Recipe& recipe) {
  const auto model = trained(recipe);
  const std::filesystem::path file = test_folder() / "state.safetensors";
  save_tensors(model->state(), file);
  Recipe other = recipe;
  other.seed = recipe.seed + 1;
  const auto loaded = toy::model(other);
  const safetensors::Reader reader(file);
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : loaded->state()) {
    const safetensors::View& view = reader.find(name);
    ASSERT_EQ(at::IntArrayRef(view.shape), tensor.sizes()) << name;
    Tensor stored = torch::empty(view.shape, tensor.options().device(torch::kCPU));
    ASSERT_EQ(stored.nbytes(), view.bytes.size()) << name;
    std::memcpy(stored.data_ptr(), view.bytes.data(), view.bytes.size());
    Tensor(tensor).copy_(stored);
  }
  const auto examples = toy::examples(recipe.kind, 10);
  const Batch batch = pack(toy::dataset(recipe.kind), SplitName::kDev, examples, recipe.tensors);
  const Tensor expected = pooled(*model, batch);
  EXPECT_TRUE(torch::equal(pooled(*loaded, batch), expected));
  EXPECT_TRUE(torch::equal(loaded->heads().predict(expected, batch),
                           model->heads().predict(expected, batch)));
}

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

void neighbours(const Recipe& recipe) {
  const auto model = trained(recipe);
  std::vector<Example> all = toy::examples(recipe.kind, 5);
  const Dataset& data = toy::dataset(recipe.kind);
  const Tensor together = pooled_dev(*model, recipe, all);
  std::int64_t sequence = 0;
  for (const Example& example : all) {
    const auto& groups = data.tasks[example.task].dev.groups;
    const std::int64_t count = groups[example.index + 1] - groups[example.index];
    const Tensor alone = pooled_dev(*model, recipe, {example});
    EXPECT_LE(largest_difference(alone, together.narrow(0, sequence, count)), kRounding)
        << "task " << example.task << ", example " << example.index;
    sequence += count;
  }
  std::reverse(all.begin(), all.end());
  const Tensor reversed = pooled_dev(*model, recipe, all);
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
  const State state = pieces->state();
  const State whole_state = whole->state();
  for (std::size_t i = 0; i < state.size(); ++i) {
    const Tensor& expected = whole_state[i].second;
    const double scale = std::max(1e-3, expected.abs().max().item<double>());
    EXPECT_LE(largest_difference(state[i].second, expected), 1e-9 * scale) << state[i].first;
  }
}

// Mean loss over the training split, all tasks together.
double training_loss(Model& model, const Recipe& recipe) {
  const torch::NoGradGuard no_grad;
  const Batch batch = train_batch(recipe, 48);
  const Pass pass{.batch = batch, .count_usage = false};
  const LossSum loss = model.heads().loss(model.forward(pass), batch);
  return loss.sum.item<double>() / static_cast<double>(loss.examples);
}

void loss_falls(const Recipe& recipe) {
  const auto model = toy::model(recipe);
  const double before = training_loss(*model, recipe);
  trainer(*model, recipe, toy::training(80)).run({}, [](std::int64_t) {});
  // A head alone gets below this on both toys.
  EXPECT_LT(training_loss(*model, recipe), 0.9 * before);
}

void unknown_option(const Recipe& recipe) {
  const std::string message = error_of([&] {
    toy::variant_of(recipe).resolve({{"no_such_option", 1}}, "study.json: runs[0].options");
  });
  EXPECT_NE(message.find("no_such_option"), std::string::npos) << message;
  EXPECT_NE(message.find("study.json: runs[0].options"), std::string::npos) << message;
}

void evaluation_state(const Recipe& recipe) {
  const auto model = trained(recipe);
  const std::vector<Tensor> before = clones(model->state());
  const Evaluator evaluator(toy::dataset(recipe.kind), 32, recipe.tensors);
  evaluator.evaluate(*model, SplitName::kDev, true);
  evaluator.evaluate(*model, SplitName::kTest, false);
  expect_same_bits(model->state(), before);
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

double total_loss(Model& model, const Batch& batch, bool with_gradient) {
  const c10::AutoGradMode mode(with_gradient);
  const Pass pass{.batch = batch, .moment = {.training = true}, .count_usage = false};
  Tensor loss =
      model.heads().loss(model.forward(pass), batch).sum / static_cast<double>(batch.examples());
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
void compare_slopes(Model& model, const Batch& batch, const std::string& name,
                    const Tensor& parameter, const Seed& seed) {
  const torch::NoGradGuard no_grad;
  const Tensor start = parameter.detach().clone();
  Tensor direction = normal_tensor(parameter.sizes(), 1, seed.stream(name), parameter.options());
  direction /= direction.norm();
  const double slope = (parameter.grad() * direction).sum().item<double>();
  constexpr double kStep = 1e-6;
  parameter.copy_(start + kStep * direction);
  const double above = total_loss(model, batch, false);
  parameter.copy_(start - kStep * direction);
  const double below = total_loss(model, batch, false);
  parameter.copy_(start);
  // Rounding is 1e-16 / kStep = 1e-10; truncation kStep^2 = 1e-12 times third derivatives, which
  // reach 1e4 through layer norms and a contrastive temperature of 0.05.
  EXPECT_NEAR(slope, (above - below) / (2 * kStep), 1e-7 * std::max(1.0, std::abs(slope))) << name;
}

void finite_differences(const Recipe& recipe) {
  const auto model = toy::model(recipe);
  move_from_start(*model, Seed(11));
  const Batch batch = train_batch(recipe, 3);
  total_loss(*model, batch, true);
  const auto& exemptions = toy::variant_of(recipe).facts.exemptions;
  std::size_t compared = 0;
  for (const auto& [name, tensor] : model->state()) {
    if (!tensor.requires_grad() || straight_through(exemptions, name)) continue;
    ASSERT_TRUE(tensor.grad().defined()) << name;
    compare_slopes(*model, batch, name, tensor, Seed(12));
    ++compared;
  }
  EXPECT_GT(compared, 0U);
}

void print_exemption(const Recipe& recipe, const std::string& check, const std::string& reason) {
  std::cout << "[ EXEMPT   ] " << recipe.variant << " from " << check << ": " << reason
            << std::endl;
}

const Check& find(const std::string& name) {
  const auto found = std::find_if(checks().begin(), checks().end(),
                                  [&](const Check& check) { return check.name == name; });
  check(found != checks().end(), "there is no conformance check '{}'", name);
  return *found;
}

// Prints what is exempt; true when the whole check is.
bool exempt(const Recipe& recipe, const std::string& name) {
  for (const auto& [key, reason] : toy::variant_of(recipe).facts.exemptions) {
    if (key != name && !key.starts_with(name + "/")) continue;
    print_exemption(recipe, key, reason);
    if (key == name) return true;
  }
  return false;
}

}  // namespace

const std::vector<Check>& checks() {
  static const std::vector<Check> all{
      {"identity", "the identity at the start", identity},
      {"gradients", "only its parameters have gradients, and all of them do", gradients},
      {"frozen", "frozen bits stay", frozen},
      {"same_bits", "same seed and threads, same bits", same_bits},
      {"replay", "a training pass run again gives the same", replay},
      {"save_load", "saved and loaded, same output", save_load},
      {"usage", "usage sums to rows times active ranks in evaluation", usage},
      {"training_usage", "and in training", training_usage},
      {"neighbours", "neighbours and batch order change nothing", neighbours},
      {"micro_batches", "micro-batches change nothing", micro_batches},
      {"loss_falls", "the loss falls on the toy tasks", loss_falls},
      {"unknown_option", "an unknown option is refused", unknown_option},
      {"evaluation_state", "evaluation moves nothing", evaluation_state},
      {"finite_differences", "gradients agree with finite differences", finite_differences},
  };
  return all;
}

void run(const std::string& name, const toy::Recipe& recipe) {
  const Check& check = find(name);
  if (exempt(recipe, name)) GTEST_SKIP() << recipe.variant << " is exempt from " << name;
  SCOPED_TRACE(check.promise);
  check.run(recipe);
}

void run_all(const toy::Recipe& recipe) {
  for (const Check& check : checks()) {
    if (exempt(recipe, check.name)) continue;
    SCOPED_TRACE(check.promise);
    check.run(recipe);
  }
}

}  // namespace rankwise::conformance
