#include "framework/testing/toy.h"

#include "framework/core/seed.h"

namespace rankwise::toy {

namespace {

struct Network {
  const char* name;
  nlohmann::json options;
};

// A deviation ten times the usual one, so that attention and gates see differences.
Network network(Kind kind) {
  nlohmann::json sizes{{"hidden", 16}, {"heads", 2}, {"intermediate", 24}, {"std", 0.2}};
  switch (kind) {
    case Kind::kTokens:
      sizes.update({{"layers", 2}, {"positions", 9}});
      return {"bert", sizes};
    case Kind::kDecoder:
      sizes.update({{"layers", 1}, {"positions", 12}, {"kv_heads", 1}});
      return {"llama", sizes};
    case Kind::kEncoderDecoder:
      sizes["layers"] = 1;
      return {"t5", sizes};
    default:
      return {"tiny", {{"layers", 2}}};
  }
}

}  // namespace

const char* to_string(Kind kind) {
  switch (kind) {
    case Kind::kTokens:
      return "tokens";
    case Kind::kDecoder:
      return "decoder";
    case Kind::kEncoderDecoder:
      return "encoder_decoder";
    default:
      return "features";
  }
}

std::shared_ptr<Backbone> backbone(Kind kind, const torch::TensorOptions& tensors) {
  const Dataset& data = dataset(kind);
  const BackboneInputs inputs{"", data.vocabulary, data.feature_width, tensors, Seed(3)};
  const Network made = network(kind);
  return backbones().find(made.name).make(made.options, inputs);
}

bool all_have_heads(Kind kind) { return kind == Kind::kTokens || kind == Kind::kFeatures; }

PackForm pack_form(Kind kind, Purpose purpose) {
  PackForm form{.purpose = purpose};
  if (kind == Kind::kEncoderDecoder) form.decoder_start = 0;
  return form;
}

bool reads_answers(const std::string& site) {
  return site.starts_with("decoder.") && !site.ends_with("EncDecAttention.k") &&
         !site.ends_with("EncDecAttention.v");
}

const Variant& variant_of(const Recipe& recipe) {
  return recipe.unregistered ? *recipe.unregistered : variants().find(recipe.variant);
}

namespace {

std::shared_ptr<Backbone> backbone_of(const Recipe& recipe, bool trained) {
  if (!recipe.bf16) return backbone(recipe.kind, recipe.tensors);
  auto made =
      backbone(recipe.kind, trained ? recipe.tensors : recipe.tensors.dtype(torch::kBFloat16));
  made->compute_in(torch::kBFloat16);
  return made;
}

}  // namespace

std::unique_ptr<Model> model(const Recipe& recipe) {
  const Seed seed(recipe.seed);
  const Variant& variant = variant_of(recipe);
  const nlohmann::json options =
      recipe.options.is_null() ? nlohmann::json::object() : recipe.options;
  auto adapter = variant.make(variant.resolve(options, "options"));
  auto encoder = backbone_of(recipe, adapter->trains_backbone());
  std::vector<Task> tasks;
  for (const TaskData& data : dataset(recipe.kind).tasks) tasks.push_back(data.task);
  auto heads = std::make_shared<Heads>(tasks, encoder->width(), GivenHead{}, seed.stream("heads"),
                                       recipe.tensors);
  const auto count = static_cast<std::int64_t>(tasks.size());
  return std::make_unique<Model>(
      std::move(encoder), std::move(adapter), std::move(heads),
      AttachOptions{recipe.sites, {count, 0, recipe.tensors, seed.stream("adapter")}});
}

std::vector<Example> examples(Kind kind, std::int64_t count) {
  std::vector<Example> chosen;
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int32_t t = 0; t < dataset(kind).task_count(); ++t) chosen.push_back({t, i});
  }
  return chosen;
}

TrainOptions training(std::int64_t steps) {
  TrainOptions options;
  options.steps = steps;
  options.batch = 16;
  options.learning_rate = 1e-2;
  options.evaluations = 1;
  options.sampler.mixed = true;
  return options;
}

}  // namespace rankwise::toy
