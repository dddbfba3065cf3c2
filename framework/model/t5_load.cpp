#include "framework/model/load_weights.h"
#include "framework/model/pretrained.h"
#include "framework/model/t5.h"
#include "framework/model/weights_place.h"

namespace rankwise {

namespace {

using FeedForward = T5Config::FeedForward;

struct T5Options {
  std::string weights;
  std::int64_t hidden = 32, layers = 2, heads = 4, intermediate = 64;
  FeedForward feed_forward = FeedForward::kGatedGelu;
  bool tied = false;
  double std = 0.02;

  template <class Self, class Visitor>
  static void visit(Self& self, Visitor&& field) {
    field("weights", self.weights,
          "folder with config.json and safetensors: a name below the models folder, or with a "
          "slash any "
          "folder; empty: random weights "
          "of the sizes below");
    field("hidden", self.hidden, "width of a random T5", positive());
    field("layers", self.layers, "layers of its encoder, and of its decoder", between(1, 1000));
    field("heads", self.heads, "attention heads of a random T5", positive());
    field("intermediate", self.intermediate, "FFN width of a random T5", positive());
    field("feed_forward", self.feed_forward, "of a random T5: v1.0's relu, v1.1's gated-gelu",
          {{FeedForward::kRelu, "relu"}, {FeedForward::kGatedGelu, "gated-gelu"}});
    field("tied", self.tied, "a random T5's head over the vocabulary is its embedding");
    field("std", self.std, "standard deviation of random weights", positive());
  }

  void validate() const {
    check(hidden % heads == 0, "hidden: {} is not a multiple of {} heads", hidden, heads);
  }
};

// The shared embedding may be stored several times; v1.0's cross-attention has
// a table of distances that nothing reads.
WeightNames t5_names(const T5Config& config) {
  WeightNames names{.prefixes = {""},
                    .old_endings = {{"shared.weight", "encoder.embed_tokens.weight"}},
                    .own = {"shared.", "encoder.", "decoder.", "lm_head."},
                    .spare = {"encoder.embed_tokens.", "decoder.embed_tokens.",
                              "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias."}};
  names.copies = {{"encoder.embed_tokens.weight", "shared.weight"},
                  {"decoder.embed_tokens.weight", "shared.weight"}};
  if (config.tied) {
    names.spare.emplace_back("lm_head.weight");
    names.copies.emplace_back("lm_head.weight", "shared.weight");
  }
  return names;
}

std::shared_ptr<Backbone> make_t5(const nlohmann::json& options, const BackboneInputs& inputs) {
  const auto parsed = parse_options<T5Options>(options, "backbone.options");
  if (!parsed.weights.empty()) {
    auto t5 = load_t5(weights_folder(inputs.models, parsed.weights), inputs.options);
    check_vocabulary("t5", t5->config().vocabulary, inputs);
    return t5;
  }
  check_vocabulary("t5", inputs.vocabulary, inputs);
  const T5Config config{.vocabulary = inputs.vocabulary,
                        .hidden = parsed.hidden,
                        .layers = parsed.layers,
                        .decoder_layers = parsed.layers,
                        .heads = parsed.heads,
                        .head_width = parsed.hidden / parsed.heads,
                        .intermediate = parsed.intermediate,
                        .feed_forward = parsed.feed_forward,
                        .tied = parsed.tied};
  return random_t5(config, parsed.std, inputs.seed, inputs.options);
}

}  // namespace

std::shared_ptr<T5> load_t5(const std::filesystem::path& folder,
                            const torch::TensorOptions& options) {
  check_pretrained(folder);
  const T5Config config = read_t5_config(folder / "config.json");
  auto t5 = std::make_shared<T5>(config, options);
  load_weights(*t5, StoredWeights(folder), t5_names(config));
  return t5;
}

std::shared_ptr<T5> random_t5(const T5Config& config, double std, const Seed& seed,
                              const torch::TensorOptions& options) {
  auto t5 = std::make_shared<T5>(config, options);
  draw_weights(*t5, std, seed, "norm", options);
  return t5;
}

namespace {

BackboneKind t5_kind() {
  return {
      .summary = "T5 encoder and decoder (v1.0, v1.1, Flan-T5): your own weights or random ones",
      .options = describe_options<T5Options>(),
      .model_types = {"t5"},
      .hub = {"AutoModelForSeq2SeqLM", "SEQ_2_SEQ_LM", {""}},
      .default_sites = {"encoder.block.*", "decoder.block.*"},
      .resolve =
          [](const nlohmann::json& options, const std::string& path) {
            return options_to_json(parse_options<T5Options>(options, path));
          },
      .make = make_t5,
      .weights_sha256 = pretrained_sha256};
}

const RegisterBackbone t5_registration("t5", t5_kind());

}  // namespace

}  // namespace rankwise
