/// Small learnable tasks and models on which every variant is tried in seconds; for tests only.
#pragma once

#include "framework/adapter/variant.h"
#include "framework/core/json.h"
#include "framework/model/model.h"
#include "framework/train/options.h"

#include <memory>
#include <string>
#include <vector>

namespace rankwise::toy {

/// kTokens: four tasks of all kinds for a random two-layer bert, sequences of 2 to 9 tokens.
/// kFeatures: three tasks for `tiny`, sequences of 1 to 3 feature rows. kDecoder: four tasks, two
/// of them answered by likelihood, for a random llama. kEncoderDecoder: two answered by likelihood
/// for a random t5.
enum class Kind { kTokens, kFeatures, kDecoder, kEncoderDecoder };

const char* to_string(Kind kind);

/// The same examples at every call: 48 for training, 20 dev and 20 test a task.
const Dataset& dataset(Kind kind);

/// The frozen network that `model` adapts, without updates.
std::shared_ptr<Backbone> backbone(Kind kind, const torch::TensorOptions& tensors);

/// Whether no task of `kind` is answered by likelihood.
bool all_have_heads(Kind kind);

/// How a model on `kind` packs its batches.
PackForm pack_form(Kind kind, Purpose purpose);

/// Whether the rows of a site are those of the answers' batch, not of the prompts'.
bool reads_answers(const std::string& site);

/// What a toy model is made of.
struct Recipe {
  std::string variant;
  nlohmann::json options = {};  // of the variant, need not be resolved; null: its defaults
  Kind kind = Kind::kTokens;
  torch::TensorOptions tensors = torch::TensorOptions().dtype(torch::kFloat64);
  bool bf16 = false;       // the backbone and what its layers hand on; `tensors` are fp32 then
  std::uint64_t seed = 1;  // of updates and heads; the backbone is always the same
  std::vector<std::string> sites = {"*layer*"};
  std::shared_ptr<const Variant> unregistered;  // used instead of the one called `variant`
};

const Variant& variant_of(const Recipe& recipe);

std::unique_ptr<Model> model(const Recipe& recipe);

/// Every task's `count` first examples, tasks taking turns.
std::vector<Example> examples(Kind kind, std::int64_t count);

/// A short, mixed-task training with a learning rate that suits the toys.
TrainOptions training(std::int64_t steps);

}  // namespace rankwise::toy
