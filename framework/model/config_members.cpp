#include "framework/model/config_members.h"

#include "framework/core/json_file.h"
#include "framework/core/options.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace rankwise {

namespace {

using nlohmann::json;

// Members that change no hidden row: training of the checkpoint's own, its heads, special tokens,
// generation, and book-keeping of transformers.
const std::set<std::string> kHarmless = {"_attn_implementation",
                                         "_attn_implementation_autoset",
                                         "_commit_hash",
                                         "_name_or_path",
                                         "architectures",
                                         "attn_implementation",
                                         "bad_words_ids",
                                         "begin_suppress_tokens",
                                         "bos_token_id",
                                         "chunk_size_feed_forward",
                                         "cross_attention_hidden_size",
                                         "decoder_start_token_id",
                                         "diversity_penalty",
                                         "do_sample",
                                         "dtype",
                                         "early_stopping",
                                         "encoder_no_repeat_ngram_size",
                                         "eos_token_id",
                                         "exponential_decay_length_penalty",
                                         "finetuning_task",
                                         "forced_bos_token_id",
                                         "forced_eos_token_id",
                                         "gradient_checkpointing",
                                         "id2label",
                                         "initializer_range",
                                         "label2id",
                                         "length_penalty",
                                         "max_length",
                                         "min_length",
                                         "name_or_path",
                                         "no_repeat_ngram_size",
                                         "num_beam_groups",
                                         "num_beams",
                                         "num_labels",
                                         "num_return_sequences",
                                         "output_attentions",
                                         "output_hidden_states",
                                         "output_past",
                                         "output_scores",
                                         "pad_token_id",
                                         "prefix",
                                         "problem_type",
                                         "remove_invalid_values",
                                         "repetition_penalty",
                                         "return_dict",
                                         "return_dict_in_generate",
                                         "sep_token_id",
                                         "suppress_tokens",
                                         "task_specific_params",
                                         "temperature",
                                         "tf_legacy_loss",
                                         "tie_encoder_decoder",
                                         "tie_word_embeddings",
                                         "tokenizer_class",
                                         "top_k",
                                         "top_p",
                                         "torch_dtype",
                                         "torchscript",
                                         "transformers_version",
                                         "typical_p",
                                         "use_bfloat16",
                                         "use_cache"};

bool is_known(const std::string& key, const ConfigKind& kind) {
  return key == "model_type" || kind.fixed.contains(key) || kind.read.contains(key) ||
         kind.harmless.contains(key) || kHarmless.contains(key);
}

void check_type(const json& config, const std::filesystem::path& file, const ConfigKind& kind) {
  const json type = config.value("model_type", json());
  const bool known = std::any_of(kind.types.begin(), kind.types.end(),
                                 [&](const std::string& name) { return type == name; });
  check(known, "{}: model_type is {}, expected '{}'", file.string(),
        type.is_null() ? "nothing" : shown(type), fmt::join(kind.types, "' or '"));
}

// null is how transformers writes a member that is not set.
void check_members(const json& config, const std::filesystem::path& file, const ConfigKind& kind) {
  for (const auto& [key, expected] : kind.fixed.items()) {
    const json found = config.value(key, expected);
    check(found == expected || found.is_null(), "{}: {} is {}, expected {}", file.string(), key,
          shown(found), shown(expected));
  }
  for (const auto& [key, value] : config.items()) {
    check(is_known(key, kind) || value.is_null(),
          "{}: {} is {}, and this program does not know that member of a {} config; remove it if "
          "the model computes the same without it",
          file.string(), key, shown(value), kind.name);
  }
}

}  // namespace

std::string shown(const json& value) {
  return value.is_string() ? fmt::format("'{}'", value.get<std::string>())
                           : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

json read_config(const std::filesystem::path& file, const ConfigKind& kind) {
  json config = read_json(file);
  check(config.is_object(), "{}: is no object with the model's sizes", file.string());
  check_type(config, file, kind);
  check_members(config, file, kind);
  return config;
}

std::int64_t config_size(const json& config, const std::filesystem::path& file,
                         const std::string& key) {
  const auto found = config.find(key);
  check(found != config.end() && options::has_type<std::int64_t>(*found) && *found > 0,
        "{}: '{}' is missing or not a positive integer", file.string(), key);
  return found->get<std::int64_t>();
}

double config_number(const json& config, const std::filesystem::path& file, const std::string& key,
                     double otherwise) {
  const json value = config.value(key, json());
  if (value.is_null()) return otherwise;
  check(value.is_number() && value > 0, "{}: {} is {}, expected a positive number", file.string(),
        key, shown(value));
  return value;
}

}  // namespace rankwise
