#include "framework/model/t5.h"

#include "framework/model/parts.h"
#include "framework/model/t5_stack.h"
#include "framework/ops/kv_cache.h"

#include <torch/types.h>

#include <cmath>

namespace rankwise {

struct T5::Parts {
  Parts(torch::nn::Module& root, const T5Config& c, const torch::TensorOptions& options)
      : shared(child(root, "shared", Embedding(c.vocabulary, c.hidden, options))),
        encoder(*group(root, "encoder"), c, /*decodes=*/false, options),
        decoder(*group(root, "decoder"), c, /*decodes=*/true, options) {
    // No Linear: its rows are multiplied by whoever asks for the vocabulary, so it is no site.
    if (!c.tied) head = child(root, "lm_head", Embedding(c.vocabulary, c.hidden, options));
  }

  Embedding shared;
  T5Stack encoder, decoder;
  Embedding head{nullptr};  // empty: the shared embedding
};

T5::T5(const T5Config& config, const torch::TensorOptions& options)
    : config_(config), parts_(std::make_unique<Parts>(*this, config, options)) {}

T5::~T5() = default;

torch::Tensor T5::vocabulary_weight() const {
  return config_.tied ? parts_->shared->weight() : parts_->head->weight();
}

Hidden T5::forward(const Pass& pass) {
  TORCH_CHECK(pass.batch.tokens.defined(), "t5 reads tokens, not features");
  const torch::Tensor encoded = encode(pass);
  return {encoded, pass.batch.decoder ? decode(encoded, pass) : torch::Tensor()};
}

torch::Tensor T5::encode(const Pass& pass) {
  if (pass.cache && pass.cache->encoded.defined()) return pass.cache->encoded;
  Pass whole = over(pass, pass.batch);
  whole.cache = nullptr;
  torch::Tensor rows =
      parts_->encoder.forward(activations(parts_->shared(pass.batch.tokens)), whole);
  if (pass.cache) pass.cache->encoded = rows;
  return rows;
}

torch::Tensor T5::decode(const torch::Tensor& encoded, const Pass& pass) {
  const Batch& answers = *pass.batch.decoder;
  // Prompts without an answer pass through no linear of the decoder.
  const bool apart = answers.prompts != nullptr;
  const Batch& prompts = apart ? *answers.prompts : pass.batch;
  const torch::Tensor prompt_of =
      apart ? torch::arange(answers.sequences(), answers.lengths.options())
            : answers.source_sequence;
  const T5Source source{.rows = apart ? encoded.index_select(0, answers.prompt_rows) : encoded,
                        .pass = over(pass, prompts),
                        .buckets = &answers.source_buckets,
                        .key_first_rows = prompts.first_rows.index_select(0, prompt_of),
                        .key_lengths = prompts.lengths.index_select(0, prompt_of)};
  const Pass decoding = over(pass, answers);
  const torch::Tensor decoded =
      parts_->decoder.forward(activations(parts_->shared(answers.tokens)), decoding, &source);
  // The embedding has rows of length sqrt(hidden); a head of its own learns its scale.
  return config_.tied ? decoded / std::sqrt(static_cast<double>(config_.hidden)) : decoded;
}

}  // namespace rankwise
