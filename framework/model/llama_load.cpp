#include "framework/model/llama.h"
#include "framework/model/load_weights.h"
#include "framework/model/pretrained.h"
#include "framework/model/weights_place.h"

namespace rankwise {

namespace {

struct LlamaOptions {
  std::string weights;
  std::int64_t hidden = 32, layers = 2, heads = 4, kv_heads = 2, intermediate = 64, positions = 128;
  double std = 0.02;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("weights", self.weights,
          "folder with config.json and safetensors: a name below the models folder, or with a "
          "slash any "
          "folder; empty: random weights "
          "of the sizes below");
    field("hidden", self.hidden, "width of a random decoder", positive());
    field("layers", self.layers, "layers of a random decoder", between(1, 1000));
    field("heads", self.heads, "attention heads of a random decoder", positive());
    field("kv_heads", self.kv_heads, "heads of keys and values, each shared by as many heads",
          positive());
    field("intermediate", self.intermediate, "FFN width of a random decoder", positive());
    field("positions", self.positions, "longest sequence of a random decoder", positive());
    field("std", self.std, "standard deviation of random weights", positive());
  }

  void validate() const {
    check(hidden % heads == 0 && hidden / heads % 2 == 0,
          "hidden: {} over {} heads gives no whole and even head width", hidden, heads);
    check(heads % kv_heads == 0, "kv_heads: {} does not divide {} heads", kv_heads, heads);
  }
};

// A tied head may be stored a second time.
const WeightNames kLlamaNames{.prefixes = {"", "model."},
                              .own = {"embed_tokens.", "layers.", "norm.", "model.", "lm_head."},
                              .spare = {"lm_head.weight"},
                              .copies = {{"lm_head.weight", "embed_tokens.weight"}}};

std::shared_ptr<Backbone> make_llama(const nlohmann::json& options, const BackboneInputs& inputs) {
  const auto parsed = parse_options<LlamaOptions>(options, "backbone.options");
  if (!parsed.weights.empty()) {
    auto llama = load_llama(weights_folder(inputs.models, parsed.weights), inputs.options);
    check_vocabulary("llama", llama->config().vocabulary, inputs);
    return llama;
  }
  check_vocabulary("llama", inputs.vocabulary, inputs);
  const LlamaConfig config{.vocabulary = inputs.vocabulary,
                           .hidden = parsed.hidden,
                           .layers = parsed.layers,
                           .heads = parsed.heads,
                           .kv_heads = parsed.kv_heads,
                           .head_width = parsed.hidden / parsed.heads,
                           .intermediate = parsed.intermediate,
                           .positions = parsed.positions};
  return random_llama(config, parsed.std, inputs.seed, inputs.options);
}

}  // namespace

std::shared_ptr<Llama> load_llama(const std::filesystem::path& folder,
                                  const torch::TensorOptions& options) {
  check_pretrained(folder);
  LlamaConfig config = read_llama_config(folder / "config.json");
  const StoredWeights stored(folder);
  const bool has_own = stored.contains("lm_head.weight");
  if (config.head == VocabularyHead::kOwn && !has_own) config.head = VocabularyHead::kNone;
  auto llama = std::make_shared<Llama>(config, options);
  WeightNames names = kLlamaNames;
  if (config.head != VocabularyHead::kTied) names.copies.clear();
  load_weights(*llama, stored, names);
  return llama;
}

std::shared_ptr<Llama> random_llama(const LlamaConfig& config, double std, const Seed& seed,
                                    const torch::TensorOptions& options) {
  auto llama = std::make_shared<Llama>(config, options);
  draw_weights(*llama, std, seed, "norm", options);
  return llama;
}

namespace {

BackboneKind llama_kind() {
  return {.summary =
              "LLaMA-like decoder (LLaMA 2 and 3, Mistral, Qwen2 and 2.5, SmolLM2): your own "
              "weights or random ones",
          .options = describe_options<LlamaOptions>(),
          .model_types = llama_types(),
          .hub = {"AutoModelForCausalLM", "CAUSAL_LM", {"model.", ""}},
          .default_sites = {"layers.*"},
          .resolve =
              [](const nlohmann::json& options, const std::string& path) {
                return options_to_json(parse_options<LlamaOptions>(options, path));
              },
          .make = make_llama,
          .weights_sha256 = pretrained_sha256};
}

const RegisterBackbone llama_registration("llama", llama_kind());

}  // namespace

}  // namespace rankwise
