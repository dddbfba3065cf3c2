#include "framework/model/llama_config.h"

#include "framework/core/error.h"
#include "framework/model/config_members.h"

#include <algorithm>

namespace rankwise {

namespace {

using nlohmann::json;
using Path = std::filesystem::path;

const ConfigKind kLlama = {
    .name = "LLaMA",
    .types = llama_types(),
    .fixed = {{"hidden_act", "silu"},
              {"mlp_bias", false},
              {"use_sliding_window", false},
              {"partial_rotary_factor", 1.0},
              {"rope_interleaved", false},
              {"is_decoder", false},
              {"is_encoder_decoder", false},
              {"add_cross_attention", false},
              {"pruned_heads", json::object()}},
    .read = {"vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
             "num_key_value_heads", "head_dim", "intermediate_size", "max_position_embeddings",
             "rms_norm_eps", "rope_theta", "rope_scaling", "rope_parameters", "attention_bias",
             "layer_types", "sliding_window", "tie_word_embeddings"},
    .harmless = {"attention_dropout", "is_llama_config", "max_window_layers", "pretraining_tp",
                 "transformers.js_config"}};

// Of Qwen2 it counts only with use_sliding_window, which is refused.
void check_window(const json& config, const Path& file) {
  const json window = config.value("sliding_window", json());
  check(window.is_null() || config.at("model_type") == "qwen2",
        "{}: sliding_window is {}, expected null: attention over a window is not computed here",
        file.string(), shown(window));
  const json types = config.value("layer_types", json());
  const bool full =
      types.is_null() ||
      (types.is_array() && std::all_of(types.begin(), types.end(),
                                       [](const json& type) { return type == "full_attention"; }));
  check(full, "{}: layer_types is {}, expected full_attention alone", file.string(), shown(types));
}

bool flag(const json& config, const Path& file, const char* key) {
  const json value = config.value(key, json());
  check(value.is_null() || value.is_boolean(), "{}: {} is {}, expected true or false",
        file.string(), key, shown(value));
  return value == true;
}

// What the rotation says: in one object since transformers 5, before that in two members.
json rotation(const json& config, const Path& file) {
  for (const char* key : {"rope_parameters", "rope_scaling"}) {
    const json found = config.value(key, json());
    if (found.is_null()) continue;
    check(found.is_object(), "{}: {} is {}, expected an object", file.string(), key, shown(found));
    return found;
  }
  return json::object();
}

std::optional<Llama3Scaling> scaling(const json& rope, const Path& file) {
  const json type = rope.value("rope_type", rope.value("type", json("default")));
  if (type == "default") return std::nullopt;
  check(type == "llama3", "{}: rope_type is {}, expected 'default' or 'llama3'", file.string(),
        shown(type));
  Llama3Scaling scaling{.factor = config_number(rope, file, "factor", 0),
                        .low = config_number(rope, file, "low_freq_factor", 0),
                        .high = config_number(rope, file, "high_freq_factor", 0),
                        .original = config_size(rope, file, "original_max_position_embeddings")};
  check(scaling.factor >= 1 && scaling.low > 0 && scaling.high > scaling.low,
        "{}: a llama3 rope needs a factor of at least 1, and a high_freq_factor above a positive "
        "low_freq_factor",
        file.string());
  return scaling;
}

}  // namespace

LlamaConfig read_llama_config(const Path& file) {
  const json config = read_config(file, kLlama);
  check_window(config, file);
  const json rope = rotation(config, file);
  const auto optional_size = [&](const char* key, std::int64_t otherwise) {
    return config.value(key, json()).is_null() ? otherwise : config_size(config, file, key);
  };
  const bool qwen = config.at("model_type") == "qwen2";
  const bool bias = flag(config, file, "attention_bias");
  LlamaConfig sizes{.vocabulary = config_size(config, file, "vocab_size"),
                    .hidden = config_size(config, file, "hidden_size"),
                    .layers = config_size(config, file, "num_hidden_layers"),
                    .heads = config_size(config, file, "num_attention_heads"),
                    .intermediate = config_size(config, file, "intermediate_size"),
                    .positions = config_size(config, file, "max_position_embeddings"),
                    .norm_epsilon = config_number(config, file, "rms_norm_eps", 1e-6),
                    .rope_base = config_number(rope.contains("rope_theta") ? rope : config, file,
                                               "rope_theta", 10000),
                    .rope_scaling = scaling(rope, file),
                    .qkv_bias = qwen || bias,
                    .output_bias = bias,
                    .head = flag(config, file, "tie_word_embeddings") ? VocabularyHead::kTied
                                                                      : VocabularyHead::kOwn};
  sizes.kv_heads = optional_size("num_key_value_heads", sizes.heads);
  check(sizes.heads % sizes.kv_heads == 0,
        "{}: num_attention_heads {} is not a multiple of {} num_key_value_heads", file.string(),
        sizes.heads, sizes.kv_heads);
  check(config.contains("head_dim") || sizes.hidden % sizes.heads == 0,
        "{}: hidden_size {} is not a multiple of {} heads", file.string(), sizes.hidden,
        sizes.heads);
  sizes.head_width = optional_size("head_dim", sizes.hidden / sizes.heads);
  check(sizes.head_width % 2 == 0, "{}: heads of width {} have no halves to rotate", file.string(),
        sizes.head_width);
  return sizes;
}

}  // namespace rankwise
