#include "framework/train/decay.h"

#include "framework/data/doubles.h"
#include "framework/testing/toy.h"
#include "framework/train/trainer.h"

#include <gmock/gmock.h>

#include <map>
#include <optional>

namespace rankwise {
namespace {

// The decay of each parameter of the model, by name.
std::map<std::string, double> decays(const toy::Recipe& recipe, const DecayOptions& of) {
  const auto model = toy::model(recipe);
  TrainOptions options;
  options.weight_decay = 0.5;
  options.weight_decay_of = of;
  std::map<std::string, double> found;
  for (const auto& list : {model->adapter_parameters(), model->head_parameters()}) {
    for (const DecayGroup& group : decay_groups(*model, list, options)) {
      for (const torch::Tensor& parameter : group.parameters) {
        for (const auto& [name, tensor] : model->state()) {
          if (tensor.is_same(parameter)) found[name] = group.decay;
        }
      }
    }
  }
  return found;
}

// Of the only parameter whose name ends so.
double decay_of(const std::map<std::string, double>& decays, const std::string& ending) {
  std::vector<double> found;
  for (const auto& [name, decay] : decays) {
    if (name.ends_with(ending)) found.push_back(decay);
  }
  EXPECT_EQ(found.size(), 1U) << ending;
  return found.empty() ? -1 : found.front();
}

const toy::Recipe kMore{.variant = "more", .sites = {"*.0.*.query"}};

TEST(WeightDecay, IsOneForAllByDefault) {
  for (const auto& [name, decay] : decays(kMore, {})) EXPECT_EQ(decay, 0.5) << name;
}

TEST(WeightDecay, TellsKindsOfAnAdapterAndItsHeads) {
  const auto found = decays(kMore, {.bias = 0.1, .embedding = 0.2, .router = 0.3, .head = 0.4});
  EXPECT_EQ(decay_of(found, "lora_A"), 0.5);
  EXPECT_EQ(decay_of(found, "lora_B"), 0.5);
  EXPECT_EQ(decay_of(found, "gate.task_embedding"), 0.2);
  EXPECT_EQ(decay_of(found, "gate.weight"), 0.3);
  EXPECT_EQ(decay_of(found, "gate.bias"), 0.1) << "a bias first, a router second";
  EXPECT_EQ(decay_of(found, "amount_weight"), 0.4);
  EXPECT_EQ(decay_of(found, "amount_bias"), 0.1);
}

TEST(WeightDecay, FallsToTheNextKindThatIsSet) {
  const auto found = decays(kMore, {.router = 0.3, .head = 0.4});
  EXPECT_EQ(decay_of(found, "gate.bias"), 0.3);
  EXPECT_EQ(decay_of(found, "gate.task_embedding"), 0.3);
  EXPECT_EQ(decay_of(found, "amount_bias"), 0.4);
}

TEST(WeightDecay, IsWhatTheOptimizerTakesOff) {
  TrainOptions options = toy::training(1);
  options.learning_rate = 0.01;
  options.warmup = 0;
  options.weight_decay = 0.5;
  const auto heads_after = [&](const std::optional<double>& decay) {
    options.weight_decay_of.head = decay;
    const auto model = toy::model(kMore);
    Trainer(*model, toy::dataset(toy::Kind::kTokens), options, Seed(1), kDouble)
        .step(toy::examples(toy::Kind::kTokens, 4));
    return model->head_parameters();
  };
  const auto before = toy::model(kMore)->head_parameters();
  const auto decayed = heads_after(std::nullopt);
  const auto kept = heads_after(0.0);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const torch::Tensor taken = (kept[i] - decayed[i]).detach();
    EXPECT_LT((taken - before[i].detach() * 0.01 * 0.5).abs().max().item<double>(), 1e-14) << i;
  }
}

TEST(WeightDecay, LeavesGatesThatChooseNothing) {
  const auto found = decays({.variant = "multilora", .sites = {"*.0.*.query"}}, {.router = 0.3});
  EXPECT_EQ(decay_of(found, "gate.scale"), 0.5);
}

TEST(WeightDecay, TellsKindsOfATrainedBackbone) {
  const auto found =
      decays({.variant = "full_fine_tuning"}, {.bias = 0.1, .norm = 0.2, .embedding = 0.3});
  EXPECT_EQ(decay_of(found, "embeddings.LayerNorm.weight"), 0.2);
  EXPECT_EQ(decay_of(found, "embeddings.LayerNorm.bias"), 0.1);
  EXPECT_EQ(decay_of(found, "word_embeddings.weight"), 0.3);
  EXPECT_EQ(decay_of(found, "layer.0.intermediate.dense.weight"), 0.5);
  EXPECT_EQ(decay_of(found, "layer.0.intermediate.dense.bias"), 0.1);
}

}  // namespace
}  // namespace rankwise
