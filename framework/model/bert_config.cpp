#include "framework/model/bert_config.h"

#include "framework/core/json_file.h"
#include "framework/core/options.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace rankwise {

namespace {

using nlohmann::json;

// Members that have one value here, which is also their default but for model_type.
const json kFixed = {{"model_type", "bert"},
                     {"hidden_act", "gelu"},
                     {"position_embedding_type", "absolute"},
                     {"is_decoder", false},
                     {"is_encoder_decoder", false},
                     {"add_cross_attention", false},
                     {"pruned_heads", json::object()}};

constexpr std::array kSizes = {"vocab_size",        "hidden_size",
                               "num_hidden_layers", "num_attention_heads",
                               "intermediate_size", "max_position_embeddings",
                               "type_vocab_size"};

// Members that change no hidden row: training of the checkpoint's own, its heads, special tokens,
// generation, and book-keeping of transformers.
const std::set<std::string> kHarmless = {"_attn_implementation",
                                         "_attn_implementation_autoset",
                                         "_commit_hash",
                                         "_name_or_path",
                                         "architectures",
                                         "attention_probs_dropout_prob",
                                         "attn_implementation",
                                         "bad_words_ids",
                                         "begin_suppress_tokens",
                                         "bos_token_id",
                                         "chunk_size_feed_forward",
                                         "classifier_dropout",
                                         "decoder_start_token_id",
                                         "directionality",
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
                                         "hidden_dropout_prob",
                                         "id2label",
                                         "initializer_range",
                                         "label2id",
                                         "language",
                                         "length_penalty",
                                         "max_length",
                                         "min_length",
                                         "name",
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
                                         "pooler_fc_size",
                                         "pooler_num_attention_heads",
                                         "pooler_num_fc_layers",
                                         "pooler_size_per_head",
                                         "pooler_type",
                                         "prefix",
                                         "problem_type",
                                         "remove_invalid_values",
                                         "repetition_penalty",
                                         "return_dict",
                                         "return_dict_in_generate",
                                         "sentence_transformers",
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

std::string shown(const json& value) {
  return value.is_string() ? fmt::format("'{}'", value.get<std::string>())
                           : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::int64_t size(const json& config, const std::filesystem::path& file, const char* key) {
  const auto found = config.find(key);
  check(found != config.end() && options::has_type<std::int64_t>(*found) && *found > 0,
        "{}: '{}' is missing or not a positive integer", file.string(), key);
  return found->get<std::int64_t>();
}

bool is_known(const std::string& key) {
  return kFixed.contains(key) || kHarmless.contains(key) || key == "layer_norm_eps" ||
         std::find(kSizes.begin(), kSizes.end(), key) != kSizes.end();
}

// null is how transformers writes a member that is not set.
void check_members(const json& config, const std::filesystem::path& file) {
  check(config.contains("model_type"), "{}: model_type is nothing, expected 'bert'", file.string());
  for (const auto& [key, expected] : kFixed.items()) {
    const json found = config.value(key, expected);
    check(found == expected || (found.is_null() && key != "model_type"),
          "{}: {} is {}, expected {}", file.string(), key, shown(found), shown(expected));
  }
  for (const auto& [key, value] : config.items()) {
    check(is_known(key) || value.is_null(),
          "{}: {} is {}, and this program does not know that member of a BERT config; remove it if "
          "the encoder computes the same without it",
          file.string(), key, shown(value));
  }
}

}  // namespace

BertConfig read_bert_config(const std::filesystem::path& file) {
  const json config = read_json(file);
  check(config.is_object(), "{}: is no object with the model's sizes", file.string());
  check_members(config, file);
  const json epsilon = config.value("layer_norm_eps", json(BertConfig().layer_norm_epsilon));
  check(epsilon.is_number() && epsilon > 0, "{}: layer_norm_eps is {}, expected a positive number",
        file.string(), shown(epsilon));
  const std::int64_t hidden = size(config, file, "hidden_size");
  const std::int64_t heads = size(config, file, "num_attention_heads");
  check(hidden % heads == 0, "{}: hidden_size {} is not a multiple of {} heads", file.string(),
        hidden, heads);
  return {.vocabulary = size(config, file, "vocab_size"),
          .hidden = hidden,
          .layers = size(config, file, "num_hidden_layers"),
          .heads = heads,
          .intermediate = size(config, file, "intermediate_size"),
          .positions = size(config, file, "max_position_embeddings"),
          .segments = size(config, file, "type_vocab_size"),
          .layer_norm_epsilon = epsilon};
}

}  // namespace rankwise
