#include "framework/model/bert.h"
#include "framework/model/bert_config.h"
#include "framework/model/load_weights.h"
#include "framework/model/pretrained.h"
#include "framework/model/weights_place.h"

#include <torch/types.h>

namespace rankwise {

namespace {

struct BertOptions {
  std::string weights;
  std::int64_t hidden = 32, layers = 2, heads = 4, intermediate = 64, positions = 128;
  double std = 0.02;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("weights", self.weights,
          "folder below the models folder with config.json and model.safetensors; empty: random "
          "weights of the sizes below");
    field("hidden", self.hidden, "width of a random encoder", positive());
    field("layers", self.layers, "layers of a random encoder", between(1, 1000));
    field("heads", self.heads, "attention heads of a random encoder", positive());
    field("intermediate", self.intermediate, "FFN width of a random encoder", positive());
    field("positions", self.positions, "longest sequence of a random encoder", positive());
    field(renamed("std", "deviation"), self.std, "standard deviation of random weights",
          positive());
  }
};

// Checkpoints before transformers 1.0 call LayerNorm's weight and bias gamma and beta. The pooler
// and the heads of pre-training come after the hidden rows; ids are constants in some versions.
const WeightNames kNames{
    .prefixes = {"", "bert."},
    .old_endings = {{"LayerNorm.weight", "LayerNorm.gamma"}, {"LayerNorm.bias", "LayerNorm.beta"}},
    .own = {"embeddings.", "encoder.", "bert."},
    .spare = {"embeddings.position_ids", "embeddings.token_type_ids", "bert.pooler.",
              "bert.embeddings.position_ids", "bert.embeddings.token_type_ids"}};

std::shared_ptr<Backbone> make(const nlohmann::json& options, const BackboneInputs& inputs) {
  const auto parsed = parse_options<BertOptions>(options, "backbone.options");
  if (!parsed.weights.empty()) {
    auto bert = load_bert(weights_folder(inputs.models, parsed.weights), inputs.options);
    check_vocabulary("bert", bert->config().vocabulary, inputs);
    return bert;
  }
  check_vocabulary("bert", inputs.vocabulary, inputs);
  check(parsed.hidden % parsed.heads == 0,
        "backbone.options.hidden: {} is not a multiple of {} heads", parsed.hidden, parsed.heads);
  const BertConfig config{.vocabulary = inputs.vocabulary,
                          .hidden = parsed.hidden,
                          .layers = parsed.layers,
                          .heads = parsed.heads,
                          .intermediate = parsed.intermediate,
                          .positions = parsed.positions};
  return random_bert(config, parsed.std, inputs.seed, inputs.options);
}

}  // namespace

std::shared_ptr<Bert> load_bert(const std::filesystem::path& folder,
                                const torch::TensorOptions& options) {
  check_pretrained(folder);
  auto bert = std::make_shared<Bert>(read_bert_config(folder / "config.json"), options);
  load_weights(*bert, StoredWeights(folder), kNames);
  return bert;
}

std::shared_ptr<Bert> random_bert(const BertConfig& config, double stddev, const Seed& seed,
                                  const torch::TensorOptions& options) {
  auto bert = std::make_shared<Bert>(config, options);
  draw_weights(*bert, stddev, seed, "LayerNorm", options);
  return bert;
}

namespace {

BackboneKind bert_kind() {
  return {.summary = "BERT encoder: prepared weights (MiniLM-L6) or random ones",
          .options = describe_options<BertOptions>(),
          .model_types = {"bert"},
          .hub = {"AutoModel", "FEATURE_EXTRACTION", {"", "bert."}},
          .default_sites = {"encoder.layer.*"},
          .resolve =
              [](const nlohmann::json& options, const std::string& path) {
                return options_to_json(parse_options<BertOptions>(options, path));
              },
          .make = make,
          .weights_sha256 = pretrained_sha256};
}

const RegisterBackbone bert_load_registration("bert", bert_kind());

}  // namespace

}  // namespace rankwise
