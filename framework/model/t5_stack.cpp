#include "framework/model/t5_stack.h"

#include "framework/data/upload.h"
#include "framework/model/linear_group.h"
#include "framework/model/parts.h"
#include "framework/model/recompute.h"
#include "framework/ops/gated_unit.h"
#include "framework/ops/kv_cache.h"
#include "framework/ops/precision.h"

#include <torch/types.h>

#include <bit>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

namespace {

using torch::Tensor;

// Scores are not scaled: the weights were trained so.
AttentionForm unscaled(const T5Config& c, bool causal) {
  return {.heads = c.heads, .kv_heads = c.heads, .causal = causal};
}

struct T5Attention {
  // `crosses`: q reads the decoder's rows, k and v the encoder's.
  T5Attention(torch::nn::Module& layer, bool crosses, std::int64_t number, const T5Config& c,
              const torch::TensorOptions& options)
      : root(group(layer, crosses ? "EncDecAttention" : "SelfAttention")), index(number) {
    const std::int64_t width = c.heads * c.head_width;
    q = child(*root, "q", Linear(c.hidden, width, false, options));
    k = child(*root, "k", Linear(c.hidden, width, false, options));
    v = child(*root, "v", Linear(c.hidden, width, false, options));
    o = child(*root, "o", Linear(width, c.hidden, false, options));
    projections = crosses ? group_of({k, v}) : group_of({q, k, v});
  }

  // Of rows on their own sequences.
  Tensor attend(const Tensor& x, const Pass& pass, const AttentionForm& form) {
    const Batch& batch = pass.batch;
    const std::vector<Tensor> qkv = projections->forward(x, pass);
    const Tensor &query = qkv[0], &key = qkv[1], &value = qkv[2];
    const Tensor context =
        pass.cache ? pass.cache->attend(index, query, key, value, form)
                   : packed_attention(query, key, value,
                                      {batch.first_rows, batch.lengths, batch.buckets}, form);
    return o(context, pass);
  }

  // Of a decoder's rows on an encoder's, which are the same at each call of a cache.
  Tensor look(const Tensor& x, const Pass& pass, const T5Source& source,
              const AttentionForm& form) {
    const auto make = [&] {
      const std::vector<Tensor> both = projections->forward(source.rows, source.pass);
      return KvCache::KeysAndValues(both[0], both[1]);
    };
    const auto [key, value] = pass.cache ? pass.cache->fixed(index, make) : make();
    return o(packed_attention(q(x, pass), key, value, source.sequences(pass.batch), form), pass);
  }

  std::shared_ptr<torch::nn::Module> root;
  std::int64_t index;  // of the block
  Linear q{nullptr}, k{nullptr}, v{nullptr}, o{nullptr};
  std::unique_ptr<LinearGroup> projections;  // of the same rows
};

struct T5FeedForward {
  T5FeedForward(torch::nn::Module& layer, const T5Config& c, const torch::TensorOptions& options) {
    const auto root = group(layer, "DenseReluDense");
    const auto widening = [&](const char* name) {
      return child(*root, name, Linear(c.hidden, c.intermediate, false, options));
    };
    if (c.feed_forward == T5Config::FeedForward::kGatedGelu) {
      gate = widening("wi_0");
      in = widening("wi_1");
      both = group_of({gate, in});
    } else {
      in = widening("wi");
    }
    out = child(*root, "wo", Linear(c.intermediate, c.hidden, false, options));
  }

  Tensor forward(const Tensor& x, const Pass& pass) {
    if (gate.is_empty()) return out(at::relu(in(x, pass)), pass);
    const std::vector<Tensor> widened = both->forward(x, pass);
    return out(gated_gelu_tanh(widened[0], widened[1]), pass);
  }

  Linear gate{nullptr}, in{nullptr}, out{nullptr};
  std::unique_ptr<LinearGroup> both;  // of a gated one
};

// A block's part with the norm before it.
template <class Part>
struct T5Layer {
  template <class... Arguments>
  T5Layer(torch::nn::Module& layers, int index, const T5Config& c,
          const torch::TensorOptions& options, const Arguments&... arguments)
      : root(group(layers, std::to_string(index))),
        part(*root, arguments..., c, options),
        norm(child(*root, "layer_norm", RmsNorm(c.hidden, c.norm_epsilon, options))) {}

  std::shared_ptr<torch::nn::Module> root;
  Part part;
  RmsNorm norm;
};

struct T5Block {
  T5Block(torch::nn::Module& blocks, std::int64_t index, const T5Config& c, bool decodes,
          const torch::TensorOptions& options)
      : root(group(blocks, std::to_string(index))),
        layers(group(*root, "layer")),
        attention(*layers, 0, c, options, /*crosses=*/false, index),
        cross(decodes ? std::make_optional<T5Layer<T5Attention>>(*layers, 1, c, options,
                                                                 /*crosses=*/true, index)
                      : std::nullopt),
        feed_forward(*layers, decodes ? 2 : 1, c, options) {}

  // Of an encoder.
  Tensor forward(const Tensor& x, const Pass& pass, const AttentionForm& self) {
    return feed(x, attention.part.attend(attention.norm(x), pass, self), pass);
  }
  // Of a decoder.
  Tensor forward(const Tensor& x, const Pass& pass, const AttentionForm& self,
                 const T5Source& source, const AttentionForm& across) {
    const auto [attended, normed] =
        cross->norm->of_sum(x, attention.part.attend(attention.norm(x), pass, self));
    return feed(attended, cross->part.look(normed, pass, source, across), pass);
  }
  // Of the sum of both.
  Tensor feed(const Tensor& x, const Tensor& update, const Pass& pass) {
    const auto [looked, normed] = feed_forward.norm->of_sum(x, update);
    return looked + feed_forward.part.forward(normed, pass);
  }

  std::shared_ptr<torch::nn::Module> root, layers;
  T5Layer<T5Attention> attention;
  std::optional<T5Layer<T5Attention>> cross;  // of a decoder
  T5Layer<T5FeedForward> feed_forward;
};

}  // namespace

struct T5Stack::Parts {
  Parts(torch::nn::Module& root, const T5Config& c, bool decodes,
        const torch::TensorOptions& options)
      : self(unscaled(c, decodes)), across(unscaled(c, false)), buckets(c.buckets(!decodes)) {
    const auto folder = group(root, "block");
    const std::int64_t count = decodes ? c.decoder_layers : c.layers;
    for (std::int64_t i = 0; i < count; ++i) blocks.emplace_back(*folder, i, c, decodes, options);
    // One table for all blocks, kept in the first.
    distances = child(*blocks.front().attention.part.root, "relative_attention_bias",
                      Embedding(c.relative_buckets, c.heads, options));
    norm = child(root, "final_layer_norm", RmsNorm(c.hidden, c.norm_epsilon, options));
  }

  // By distance, for the longest sequence.
  DistanceBias bias(const Pass& pass) {
    const Batch& batch = pass.batch;
    const std::int64_t longest = pass.cache ? pass.cache->longest() : batch.buckets.longest();
    const Tensor table = distances(bucket_of(longest, batch.positions.options())).t().contiguous();
    return {table.to(computed_in(table)), longest - 1};
  }

  // By distance from 1 - longest to longest - 1; made on the host, which rounds as checkpoints do,
  // and kept for as long as no sequence is longer.
  Tensor bucket_of(std::int64_t longest, const torch::TensorOptions& options) {
    const bool fits = known.defined() && known.device() == options.device();
    if (!fits || known.size(0) < 2 * longest - 1) {
      const auto reach = std::bit_ceil(static_cast<std::uint64_t>(longest));
      known = sent(relative_buckets(static_cast<std::int64_t>(reach), buckets), options);
    }
    return known.narrow(0, (known.size(0) + 1) / 2 - longest, 2 * longest - 1);
  }

  AttentionForm self, across;
  RelativeBuckets buckets;
  Tensor known;  // [2 * reach - 1] int64
  std::vector<T5Block> blocks;
  Embedding distances{nullptr};
  RmsNorm norm{nullptr};
};

T5Stack::T5Stack(torch::nn::Module& root, const T5Config& config, bool decodes,
                 const torch::TensorOptions& options)
    : parts_(std::make_unique<Parts>(root, config, decodes, options)) {}

T5Stack::T5Stack(T5Stack&&) noexcept = default;
T5Stack::~T5Stack() = default;

PackedSequences T5Source::sequences(const Batch& answers) const {
  return {.first_rows = answers.first_rows,
          .lengths = answers.lengths,
          .buckets = *buckets,
          .key_first_rows = key_first_rows,
          .key_lengths = key_lengths};
}

Tensor T5Stack::forward(Tensor x, const Pass& pass, const T5Source* source) {
  TORCH_CHECK((source != nullptr) == parts_->blocks.front().cross.has_value(),
              "a decoder looks at an encoder's rows");
  const DistanceBias bias = parts_->bias(pass);
  for (T5Block& block : parts_->blocks) {
    AttentionForm self = parts_->self;
    self.bias.zero = bias.zero;
    if (source == nullptr) {
      x = run_block(*block.root, {x, bias.table}, pass,
                    [&block, self](const auto& inputs, const Pass& now) mutable {
                      self.bias.table = inputs[1];
                      return block.forward(inputs[0], now, self);
                    });
      continue;
    }
    x = run_block(*block.root, {x, bias.table, source->rows}, pass,
                  [&block, self, from = *source, across = parts_->across](const auto& inputs,
                                                                          const Pass& now) mutable {
                    self.bias.table = inputs[1];
                    from.rows = inputs[2];
                    from.pass.count_usage = now.count_usage;
                    return block.forward(inputs[0], now, self, from, across);
                  });
  }
  return parts_->norm(x);
}

}  // namespace rankwise
