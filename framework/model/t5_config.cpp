#include "framework/model/t5_config.h"

#include "framework/core/error.h"
#include "framework/core/options.h"
#include "framework/model/config_members.h"

namespace rankwise {

namespace {

using nlohmann::json;
using Path = std::filesystem::path;

const ConfigKind kT5 = {
    .name = "T5",
    .types = {"t5"},
    .fixed = {{"is_encoder_decoder", true},
              {"is_decoder", false},
              {"add_cross_attention", false},
              {"tie_encoder_decoder", false},
              {"pruned_heads", json::object()}},
    .read = {"vocab_size", "d_model", "d_kv", "d_ff", "num_layers", "num_decoder_layers",
             "num_heads", "relative_attention_num_buckets", "relative_attention_max_distance",
             "layer_norm_epsilon", "feed_forward_proj", "dense_act_fn", "is_gated_act",
             "tie_word_embeddings", "decoder_start_token_id", "pad_token_id"},
    .harmless = {"classifier_dropout", "dropout_rate", "initializer_factor", "n_positions"}};

// dense_act_fn and is_gated_act say the same in other words, where they are written.
T5Config::FeedForward feed_forward(const json& config, const Path& file) {
  const json kind = config.value("feed_forward_proj", json("relu"));
  check(kind == "relu" || kind == "gated-gelu",
        "{}: feed_forward_proj is {}, expected 'relu' or 'gated-gelu'", file.string(), shown(kind));
  const bool gated = kind == "gated-gelu";
  const json expected{{"dense_act_fn", gated ? "gelu_new" : "relu"}, {"is_gated_act", gated}};
  for (const auto& [key, value] : expected.items()) {
    const json found = config.value(key, value);
    check(found == value || found.is_null(), "{}: {} is {}, expected {} beside {}", file.string(),
          key, shown(found), shown(value), shown(kind));
  }
  return gated ? T5Config::FeedForward::kGatedGelu : T5Config::FeedForward::kRelu;
}

bool tied(const json& config, const Path& file) {
  const json value = config.value("tie_word_embeddings", json());
  check(value.is_null() || value.is_boolean(),
        "{}: tie_word_embeddings is {}, expected true or false", file.string(), shown(value));
  return value != false;
}

// T5 begins with its padding token.
std::int64_t decoder_start(const json& config, const Path& file, std::int64_t vocabulary) {
  for (const char* key : {"decoder_start_token_id", "pad_token_id"}) {
    const json token = config.value(key, json());
    if (token.is_null()) continue;
    check(options::has_type<std::int64_t>(token) && token >= 0 && token < vocabulary,
          "{}: {} is {}, expected a token below {}", file.string(), key, shown(token), vocabulary);
    return token;
  }
  return 0;
}

}  // namespace

T5Config read_t5_config(const Path& file) {
  const json config = read_config(file, kT5);
  const auto size = [&](const char* key, std::int64_t otherwise) {
    return config.value(key, json()).is_null() ? otherwise : config_size(config, file, key);
  };
  const std::int64_t layers = config_size(config, file, "num_layers");
  const std::int64_t vocabulary = config_size(config, file, "vocab_size");
  const T5Config sizes{.vocabulary = vocabulary,
                       .hidden = config_size(config, file, "d_model"),
                       .layers = layers,
                       .decoder_layers = size("num_decoder_layers", layers),
                       .heads = config_size(config, file, "num_heads"),
                       .head_width = config_size(config, file, "d_kv"),
                       .intermediate = config_size(config, file, "d_ff"),
                       .relative_buckets = size("relative_attention_num_buckets", 32),
                       .relative_max_distance = size("relative_attention_max_distance", 128),
                       .norm_epsilon = config_number(config, file, "layer_norm_epsilon", 1e-6),
                       .feed_forward = feed_forward(config, file),
                       .tied = tied(config, file),
                       .decoder_start = decoder_start(config, file, vocabulary)};
  check(sizes.relative_buckets >= 4 && 2 * sizes.relative_max_distance > sizes.relative_buckets,
        "{}: {} relative_attention_num_buckets up to a relative_attention_max_distance of {}, "
        "expected at least 4, and a distance above half as many",
        file.string(), sizes.relative_buckets, sizes.relative_max_distance);
  return sizes;
}

}  // namespace rankwise
