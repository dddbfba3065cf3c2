#include "framework/adapter/random_tensor.h"
#include "framework/core/hash.h"
#include "framework/core/json_file.h"
#include "framework/model/bert.h"
#include "framework/model/bert_config.h"
#include "framework/model/load_weights.h"

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

// The weights' bytes, those of all shards in their order; what config.json says; the tokenizer
// where there is one.
std::string weights_sha256(const std::filesystem::path& folder) {
  std::string text;
  for (const auto& file : weight_files(folder)) text += sha256_file(file);
  text += canonical(read_json(folder / "config.json"));
  const auto tokenizer = folder / "tokenizer.json";
  if (std::filesystem::exists(tokenizer)) text += sha256_file(tokenizer);
  return sha256(text);
}

std::shared_ptr<Backbone> make(const nlohmann::json& options, const BackboneInputs& inputs) {
  const auto parsed = parse_options<BertOptions>(options, "backbone.options");
  check(inputs.vocabulary > 0, "backbone 'bert' reads tokens, and this suite has features");
  if (!parsed.weights.empty()) {
    auto bert = load_bert(inputs.models / parsed.weights, inputs.options);
    check(bert->config().vocabulary >= inputs.vocabulary,
          "the suite's vocabulary of {} is larger than the backbone's {}; prepare the suite with "
          "the backbone's tokenizer",
          inputs.vocabulary, bert->config().vocabulary);
    return bert;
  }
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
  check(std::filesystem::is_directory(folder),
        "{}: there are no such weights; make them with scripts/prepare --backbone {}",
        folder.string(), folder.filename().string());
  auto bert = std::make_shared<Bert>(read_bert_config(folder / "config.json"), options);
  load_weights(*bert, StoredWeights(folder), kNames);
  return bert;
}

std::shared_ptr<Bert> random_bert(const BertConfig& config, double stddev, const Seed& seed,
                                  const torch::TensorOptions& options) {
  auto bert = std::make_shared<Bert>(config, options);
  const torch::NoGradGuard no_grad;
  for (auto& item : bert->named_parameters()) {
    if (item.key().find("LayerNorm") != std::string::npos) continue;
    item.value().copy_(
        normal_tensor(item.value().sizes(), stddev, seed.stream(item.key()), options));
  }
  return bert;
}

namespace {

BackboneKind bert_kind() {
  return {.summary = "BERT encoder: prepared weights (MiniLM-L6) or random ones",
          .options = describe_options<BertOptions>(),
          .default_sites = {"encoder.layer.*"},
          .resolve =
              [](const nlohmann::json& options, const std::string& path) {
                return options_to_json(parse_options<BertOptions>(options, path));
              },
          .make = make,
          .weights_sha256 =
              [](const nlohmann::json& options, const std::filesystem::path& models) {
                const auto weights = options.value("weights", "");
                if (weights.empty()) return std::string();
                const auto folder = models / weights;
                check(std::filesystem::is_directory(folder),
                      "{}: there are no such weights; make them with scripts/prepare --backbone {}",
                      folder.string(), weights);
                return weights_sha256(folder);
              }};
}

const RegisterBackbone bert_load_registration("bert", bert_kind());

}  // namespace

}  // namespace rankwise
