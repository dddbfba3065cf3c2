#include "framework/model/bert.h"

#include "framework/model/linear_group.h"
#include "framework/model/parts.h"
#include "framework/model/recompute.h"
#include "framework/ops/gelu.h"
#include "framework/ops/norms.h"
#include "framework/ops/packed_attention.h"

#include <torch/nn/module.h>

#include <utility>

namespace rankwise {

namespace {

class LayerNormImpl : public torch::nn::Module {
 public:
  LayerNormImpl(std::int64_t width, double epsilon, const torch::TensorOptions& options)
      : epsilon_(epsilon) {
    weight_ = register_parameter("weight", torch::ones({width}, options));
    bias_ = register_parameter("bias", torch::zeros({width}, options));
  }

  // Of x + y.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& y) {
    return add_layer_norm(x, y, weight_, bias_, epsilon_);
  }

 private:
  double epsilon_;
  torch::Tensor weight_, bias_;
};
TORCH_MODULE(LayerNorm);

struct Embeddings {
  Embeddings(torch::nn::Module& root, const BertConfig& c, const torch::TensorOptions& options)
      : folder(group(root, "embeddings")),
        word(child(*folder, "word_embeddings", Embedding(c.vocabulary, c.hidden, options))),
        position(child(*folder, "position_embeddings", Embedding(c.positions, c.hidden, options))),
        segment(child(*folder, "token_type_embeddings", Embedding(c.segments, c.hidden, options))),
        norm(child(*folder, "LayerNorm", LayerNorm(c.hidden, c.layer_norm_epsilon, options))) {}

  torch::Tensor forward(const Batch& batch) {
    return norm(word(batch.tokens) + position(batch.positions), segment(batch.segments));
  }

  std::shared_ptr<torch::nn::Module> folder;
  Embedding word, position, segment;
  LayerNorm norm;
};

struct Layer {
  Layer(torch::nn::Module& layers, std::int64_t index, const BertConfig& c,
        const torch::TensorOptions& options)
      : form(bidirectional(c.heads, c.hidden / c.heads)),
        root(group(layers, std::to_string(index))) {
    const auto attention = group(*root, "attention");
    const auto self = group(*attention, "self");
    const auto attention_output = group(*attention, "output");
    const auto up = group(*root, "intermediate");
    const auto down = group(*root, "output");
    const auto linear = [&](torch::nn::Module& parent, const char* name, std::int64_t in,
                            std::int64_t out) {
      return child(parent, name, Linear(in, out, true, options));
    };
    const auto layer_norm = [&](torch::nn::Module& parent) {
      return child(parent, "LayerNorm", LayerNorm(c.hidden, c.layer_norm_epsilon, options));
    };
    query = linear(*self, "query", c.hidden, c.hidden);
    key = linear(*self, "key", c.hidden, c.hidden);
    value = linear(*self, "value", c.hidden, c.hidden);
    projections = group_of({query, key, value});
    projection = linear(*attention_output, "dense", c.hidden, c.hidden);
    attention_norm = layer_norm(*attention_output);
    intermediate = linear(*up, "dense", c.hidden, c.intermediate);
    output = linear(*down, "dense", c.intermediate, c.hidden);
    output_norm = layer_norm(*down);
  }

  torch::Tensor forward(const torch::Tensor& x, const Pass& pass) {
    const Batch& batch = pass.batch;
    const std::vector<torch::Tensor> qkv = projections->forward(x, pass);
    const torch::Tensor context = packed_attention(
        qkv[0], qkv[1], qkv[2], {batch.first_rows, batch.lengths, batch.buckets}, form);
    const torch::Tensor attended = attention_norm(projection(context, pass), x);
    const torch::Tensor hidden = rankwise::gelu(intermediate(attended, pass));
    return output_norm(output(hidden, pass), attended);
  }

  AttentionForm form;
  std::shared_ptr<torch::nn::Module> root;
  Linear query{nullptr}, key{nullptr}, value{nullptr}, projection{nullptr}, intermediate{nullptr},
      output{nullptr};
  std::unique_ptr<LinearGroup> projections;
  LayerNorm attention_norm{nullptr}, output_norm{nullptr};
};

}  // namespace

struct Bert::Parts {
  Parts(torch::nn::Module& root, const BertConfig& config, const torch::TensorOptions& options)
      : embeddings(root, config, options) {
    const auto folder = group(*group(root, "encoder"), "layer");
    for (std::int64_t i = 0; i < config.layers; ++i) {
      layers.emplace_back(*folder, i, config, options);
    }
  }

  Embeddings embeddings;
  std::vector<Layer> layers;
};

Bert::Bert(const BertConfig& config, const torch::TensorOptions& options)
    : config_(config), parts_(std::make_unique<Parts>(*this, config, options)) {}

Bert::~Bert() = default;

Hidden Bert::forward(const Pass& pass) {
  TORCH_CHECK(pass.batch.tokens.defined(), "bert reads tokens, not features");
  torch::Tensor x = activations(parts_->embeddings.forward(pass.batch));
  for (Layer& layer : parts_->layers) {
    x = run_block(*layer.root, {x}, pass, [&layer](const auto& inputs, const Pass& now) {
      return layer.forward(inputs[0], now);
    });
  }
  return {x};
}

}  // namespace rankwise
