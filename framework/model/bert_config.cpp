#include "framework/model/bert_config.h"

#include "framework/core/error.h"
#include "framework/model/config_members.h"

namespace rankwise {

namespace {

using nlohmann::json;

const ConfigKind kBert = {
    .name = "BERT",
    .types = {"bert"},
    .fixed = {{"hidden_act", "gelu"},
              {"position_embedding_type", "absolute"},
              {"is_decoder", false},
              {"is_encoder_decoder", false},
              {"add_cross_attention", false},
              {"pruned_heads", json::object()}},
    .read = {"vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads",
             "intermediate_size", "max_position_embeddings", "type_vocab_size", "layer_norm_eps"},
    .harmless = {"attention_probs_dropout_prob", "classifier_dropout", "directionality",
                 "hidden_dropout_prob", "language", "name", "pooler_fc_size",
                 "pooler_num_attention_heads", "pooler_num_fc_layers", "pooler_size_per_head",
                 "pooler_type", "sentence_transformers"}};

}  // namespace

BertConfig read_bert_config(const std::filesystem::path& file) {
  const json config = read_config(file, kBert);
  const std::int64_t hidden = config_size(config, file, "hidden_size");
  const std::int64_t heads = config_size(config, file, "num_attention_heads");
  check(hidden % heads == 0, "{}: hidden_size {} is not a multiple of {} heads", file.string(),
        hidden, heads);
  return {.vocabulary = config_size(config, file, "vocab_size"),
          .hidden = hidden,
          .layers = config_size(config, file, "num_hidden_layers"),
          .heads = heads,
          .intermediate = config_size(config, file, "intermediate_size"),
          .positions = config_size(config, file, "max_position_embeddings"),
          .segments = config_size(config, file, "type_vocab_size"),
          .layer_norm_epsilon =
              config_number(config, file, "layer_norm_eps", BertConfig().layer_norm_epsilon)};
}

}  // namespace rankwise
