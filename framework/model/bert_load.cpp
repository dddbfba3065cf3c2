#include "framework/adapter/random_tensor.h"
#include "framework/core/hash.h"
#include "framework/core/json_file.h"
#include "framework/model/bert.h"
#include "framework/model/load_weights.h"

#include <torch/types.h>

namespace rankwise {

namespace {

struct BertOptions {
  std::string weights;
  std::int64_t hidden = 32, layers = 2, heads = 4, intermediate = 64, positions = 128;
  double deviation = 0.02;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("weights", self.weights,
          "folder below the models folder with config.json and model.safetensors; empty: random "
          "weights of the sizes below");
    field("hidden", self.hidden, "width of a random encoder", positive());
    field("layers", self.layers, "layers of a random encoder", positive());
    field("heads", self.heads, "attention heads of a random encoder", positive());
    field("intermediate", self.intermediate, "FFN width of a random encoder", positive());
    field("positions", self.positions, "longest sequence of a random encoder", positive());
    field("deviation", self.deviation, "standard deviation of random weights", positive());
  }
};

std::int64_t whole(const nlohmann::json& config, const std::filesystem::path& file,
                   const char* key) {
  const auto found = config.find(key);
  check(found != config.end() && found->is_number_integer() && *found > 0,
        "{}: '{}' is missing or not a positive integer", file.string(), key);
  return found->get<std::int64_t>();
}

std::string quoted(const nlohmann::json& value) {
  return value.is_string() ? fmt::format("'{}'", value.get<std::string>()) : value.dump();
}

nlohmann::json read_bert_config(const std::filesystem::path& file) {
  nlohmann::json config = read_json(file);
  check(config.is_object(), "{}: is no object with the model's sizes", file.string());
  config.emplace("model_type", "nothing");
  config.emplace("hidden_act", "gelu");
  config.emplace("layer_norm_eps", 1e-12);
  for (const auto& [key, expected] : {std::pair("model_type", "bert"), {"hidden_act", "gelu"}}) {
    check(config[key] == expected, "{}: {} is {}, expected '{}'", file.string(), key,
          quoted(config[key]), expected);
  }
  const nlohmann::json& epsilon = config["layer_norm_eps"];
  check(epsilon.is_number() && epsilon > 0, "{}: layer_norm_eps is {}, expected a positive number",
        file.string(), epsilon.dump());
  return config;
}

BertConfig read_config(const std::filesystem::path& file) {
  const nlohmann::json config = read_bert_config(file);
  const std::int64_t hidden = whole(config, file, "hidden_size");
  const std::int64_t heads = whole(config, file, "num_attention_heads");
  check(hidden % heads == 0, "{}: hidden_size {} is not a multiple of {} heads", file.string(),
        hidden, heads);
  return {.vocabulary = whole(config, file, "vocab_size"),
          .hidden = hidden,
          .layers = whole(config, file, "num_hidden_layers"),
          .heads = heads,
          .intermediate = whole(config, file, "intermediate_size"),
          .positions = whole(config, file, "max_position_embeddings"),
          .segments = whole(config, file, "type_vocab_size"),
          .layer_norm_epsilon = config["layer_norm_eps"]};
}

std::shared_ptr<Backbone> make(const nlohmann::json& options, const BackboneSetting& setting) {
  const auto parsed = parse_options<BertOptions>(options, "backbone.options");
  check(setting.vocabulary > 0, "backbone 'bert' reads tokens, and this suite has features");
  if (!parsed.weights.empty()) {
    auto bert = load_bert(setting.models / parsed.weights, setting.options);
    check(bert->config().vocabulary >= setting.vocabulary,
          "the suite's vocabulary of {} is larger than the backbone's {}; prepare the suite with "
          "the backbone's tokenizer",
          setting.vocabulary, bert->config().vocabulary);
    return bert;
  }
  check(parsed.hidden % parsed.heads == 0,
        "backbone.options.hidden: {} is not a multiple of {} heads", parsed.hidden, parsed.heads);
  const BertConfig config{.vocabulary = setting.vocabulary,
                          .hidden = parsed.hidden,
                          .layers = parsed.layers,
                          .heads = parsed.heads,
                          .intermediate = parsed.intermediate,
                          .positions = parsed.positions};
  return random_bert(config, parsed.deviation, setting.seed, setting.options);
}

// The weights' bytes, what config.json says, and the tokenizer where there is one.
std::string weights_sha256(const std::filesystem::path& folder) {
  std::string text = sha256_file(folder / "model.safetensors");
  text += canonical(read_json(folder / "config.json"));
  const auto tokenizer = folder / "tokenizer.json";
  if (std::filesystem::exists(tokenizer)) text += sha256_file(tokenizer);
  return sha256(text);
}

}  // namespace

std::shared_ptr<Bert> load_bert(const std::filesystem::path& folder,
                                const torch::TensorOptions& options) {
  check(std::filesystem::is_directory(folder),
        "{}: there are no such weights; make them with scripts/prepare --backbone {}",
        folder.string(), folder.filename().string());
  auto bert = std::make_shared<Bert>(read_config(folder / "config.json"), options);
  load_weights(*bert, folder / "model.safetensors", {"", "bert."});
  return bert;
}

std::shared_ptr<Bert> random_bert(const BertConfig& config, double deviation, const Seed& seed,
                                  const torch::TensorOptions& options) {
  auto bert = std::make_shared<Bert>(config, options);
  const torch::NoGradGuard no_grad;
  for (auto& item : bert->named_parameters()) {
    if (item.key().find("LayerNorm") != std::string::npos) continue;
    item.value().copy_(
        normal_tensor(item.value().sizes(), deviation, seed.stream(item.key()), options));
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

const RegisterBackbone registration("bert", bert_kind());

}  // namespace

}  // namespace rankwise
