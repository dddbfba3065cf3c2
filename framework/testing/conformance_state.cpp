// What stays, what comes back, and what the seed decides.

#include "framework/io/safetensors.h"
#include "framework/io/test_files.h"
#include "framework/model/load_weights.h"
#include "framework/testing/conformance_checks.h"
#include "framework/train/evaluator.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

namespace rankwise::conformance {

using torch::Tensor;
using toy::Recipe;

void identity(const Recipe& recipe) {
  const auto model = toy::model(recipe);
  const auto plain = toy::backbone(recipe.kind, recipe.tensors);
  plain->freeze(true);
  const Batch batch = train_batch(recipe);
  const Pass pass{.batch = batch};
  const torch::NoGradGuard no_grad;
  const Hidden expected = plain->forward(pass);
  for (const bool training : {false, true}) {
    const Hidden found =
        model->backbone().forward({.batch = batch, .step_info = {.training = training}});
    // B = 0 adds exact zeros; only the order of bias and product differs.
    EXPECT_LE(largest_difference(found.rows, expected.rows), 1e-12) << "training " << training;
    if (!expected.decoded.defined()) continue;
    EXPECT_LE(largest_difference(found.decoded, expected.decoded), 1e-12)
        << "decoded, training " << training;
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
  const Tensor first = seen(*model, batch, /*training=*/true);
  EXPECT_TRUE(torch::equal(seen(*model, batch, /*training=*/true), first));
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
  const Batch batch = pack(toy::dataset(recipe.kind), SplitName::kDev, examples, recipe.tensors,
                           toy::pack_form(recipe.kind, Purpose::kScoring));
  EXPECT_TRUE(torch::equal(seen(*loaded, batch), seen(*model, batch)));
  const Pass pass{.batch = batch, .count_usage = false};
  EXPECT_TRUE(torch::equal(loaded->predict(loaded->forward(pass), batch),
                           model->predict(model->forward(pass), batch)));
}

void evaluation_state(const Recipe& recipe) {
  const auto model = trained(recipe);
  const std::vector<Tensor> before = clones(model->state());
  const Evaluator evaluator(toy::dataset(recipe.kind), 32, recipe.tensors);
  evaluator.evaluate(*model, SplitName::kDev, true);
  evaluator.evaluate(*model, SplitName::kTest, false);
  expect_same_bits(model->state(), before);
}

void unknown_option(const Recipe& recipe) {
  const std::string message = error_of([&] {
    toy::variant_of(recipe).resolve({{"no_such_option", 1}}, "study.json: runs[0].options");
  });
  EXPECT_NE(message.find("no_such_option"), std::string::npos) << message;
  EXPECT_NE(message.find("study.json: runs[0].options"), std::string::npos) << message;
}

}  // namespace rankwise::conformance
