#include "framework/model/llama.h"

#include "framework/model/linear_group.h"
#include "framework/model/parts.h"
#include "framework/model/recompute.h"
#include "framework/ops/gated_unit.h"
#include "framework/ops/kv_cache.h"
#include "framework/ops/packed_attention.h"
#include "framework/ops/precision.h"

#include <torch/types.h>

namespace rankwise {

namespace {

// What all layers of one pass share.
struct Rows {
  const Pass& pass;
  const RotaryTable& rotary;
};

struct DecoderAttention {
  DecoderAttention(torch::nn::Module& layer, std::int64_t number, const LlamaConfig& c,
                   const torch::TensorOptions& options)
      : index(number), form(causal(c.heads, c.kv_heads, c.head_width)) {
    const auto root = group(layer, "self_attn");
    const std::int64_t width = c.heads * c.head_width, kv_width = c.kv_heads * c.head_width;
    query = child(*root, "q_proj", Linear(c.hidden, width, c.qkv_bias, options));
    key = child(*root, "k_proj", Linear(c.hidden, kv_width, c.qkv_bias, options));
    value = child(*root, "v_proj", Linear(c.hidden, kv_width, c.qkv_bias, options));
    projections = group_of({query, key, value});
    output = child(*root, "o_proj", Linear(width, c.hidden, c.output_bias, options));
  }

  torch::Tensor forward(const torch::Tensor& x, const Rows& rows) {
    const Batch& batch = rows.pass.batch;
    const std::vector<torch::Tensor> qkv = projections->forward(x, rows.pass);
    const torch::Tensor q = rotate(qkv[0], rows.rotary), k = rotate(qkv[1], rows.rotary);
    const torch::Tensor& v = qkv[2];
    KvCache* cache = rows.pass.cache;
    const torch::Tensor context =
        cache ? cache->attend(index, q, k, v, form)
              : packed_attention(q, k, v, {batch.first_rows, batch.lengths, batch.buckets}, form);
    return output(context, rows.pass);
  }

  std::int64_t index;
  AttentionForm form;
  Linear query{nullptr}, key{nullptr}, value{nullptr}, output{nullptr};
  std::unique_ptr<LinearGroup> projections;
};

struct GatedUnit {
  GatedUnit(torch::nn::Module& layer, const LlamaConfig& c, const torch::TensorOptions& options) {
    const auto root = rankwise::group(layer, "mlp");
    gate = child(*root, "gate_proj", Linear(c.hidden, c.intermediate, false, options));
    up = child(*root, "up_proj", Linear(c.hidden, c.intermediate, false, options));
    widening = group_of({gate, up});
    down = child(*root, "down_proj", Linear(c.intermediate, c.hidden, false, options));
  }

  torch::Tensor forward(const torch::Tensor& x, const Pass& pass) {
    const std::vector<torch::Tensor> both = widening->forward(x, pass);
    return down(gated_silu(both[0], both[1]), pass);
  }

  Linear gate{nullptr}, up{nullptr}, down{nullptr};
  std::unique_ptr<LinearGroup> widening;
};

struct DecoderLayer {
  DecoderLayer(torch::nn::Module& layers, std::int64_t index, const LlamaConfig& c,
               const torch::TensorOptions& options)
      : root(group(layers, std::to_string(index))),
        attention(*root, index, c, options),
        unit(*root, c, options),
        attention_norm(child(*root, "input_layernorm", RmsNorm(c.hidden, c.norm_epsilon, options))),
        unit_norm(
            child(*root, "post_attention_layernorm", RmsNorm(c.hidden, c.norm_epsilon, options))) {}

  torch::Tensor forward(const torch::Tensor& x, const Rows& rows) {
    const auto [attended, normed] =
        unit_norm->of_sum(x, attention.forward(attention_norm(x), rows));
    return attended + unit.forward(normed, rows.pass);
  }

  std::shared_ptr<torch::nn::Module> root;
  DecoderAttention attention;
  GatedUnit unit;
  RmsNorm attention_norm, unit_norm;
};

}  // namespace

struct Llama::Parts {
  Parts(torch::nn::Module& root, const LlamaConfig& config, const torch::TensorOptions& options)
      : embeddings(
            child(root, "embed_tokens", Embedding(config.vocabulary, config.hidden, options))) {
    const auto folder = group(root, "layers");
    for (std::int64_t i = 0; i < config.layers; ++i) {
      layers.emplace_back(*folder, i, config, options);
    }
    norm = child(root, "norm", RmsNorm(config.hidden, config.norm_epsilon, options));
    if (config.head == VocabularyHead::kOwn) {
      head = child(root, "lm_head", Embedding(config.vocabulary, config.hidden, options));
    } else if (config.head == VocabularyHead::kTied) {
      head = embeddings;
    }
    frequencies = rotary_frequencies(config.head_width, config.rope_base, config.rope_scaling);
  }

  Embedding embeddings;
  std::vector<DecoderLayer> layers;
  RmsNorm norm{nullptr};
  Embedding head{nullptr};  // [V, hidden], used as a matrix
  torch::Tensor frequencies;
};

Llama::Llama(const LlamaConfig& config, const torch::TensorOptions& options)
    : config_(config), parts_(std::make_unique<Parts>(*this, config, options)) {}

Llama::~Llama() = default;

torch::Tensor Llama::vocabulary_weight() const {
  return parts_->head.is_empty() ? torch::Tensor() : parts_->head->weight();
}

Hidden Llama::forward(const Pass& pass) {
  TORCH_CHECK(pass.batch.tokens.defined(), "llama reads tokens, not features");
  torch::Tensor x = activations(parts_->embeddings(pass.batch.tokens));
  const RotaryTable rotary =
      rotary_table(pass.batch.positions, parts_->frequencies, computed_in(x));
  for (DecoderLayer& layer : parts_->layers) {
    x = run_block(*layer.root, {x}, pass, [&layer, rotary](const auto& inputs, const Pass& now) {
      return layer.forward(inputs[0], {now, rotary});
    });
  }
  return {parts_->norm(x)};
}

}  // namespace rankwise
