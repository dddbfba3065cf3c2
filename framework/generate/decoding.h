/// A model that goes on with texts, token by token.
///
/// Dimensions: S texts that grow, V tokens of the vocabulary.
#pragma once

#include "framework/core/seed.h"
#include "framework/data/text_batch.h"
#include "framework/model/model.h"
#include "framework/ops/kv_cache.h"

#include <cstdint>
#include <vector>

namespace rankwise {

struct Prompt {
  std::vector<std::int32_t> tokens;
  std::int64_t task = 0;
};

/// How far texts may grow, and what is counted meanwhile.
struct DecodingForm {
  std::int64_t tasks = 1;        // T of the suite
  std::int64_t most_tokens = 1;  // behind each prompt
  torch::Device device = torch::kCPU;
  bool count_usage = false;  // every row once, a prompt's too
};

/// Without gradients. A row of a text is computed once; its keys and values are kept.
class Decoding {
 public:
  /// Throws Error for a backbone without a head over the vocabulary, an empty prompt, and prompts
  /// that leave no room for the tokens behind them.
  Decoding(Model& model, const std::vector<Prompt>& prompts, const DecodingForm& form);

  /// [S, V] logits of the token behind each prompt, in fp32 or the model's wider type. Once.
  torch::Tensor begin();
  /// Of the token behind each text, grown by these. tokens [S].
  torch::Tensor append(const std::vector<std::int32_t>& tokens);
  /// Goes on with these texts alone, in this order; one may be there several times.
  void select(const std::vector<std::int64_t>& texts);

 private:
  torch::Tensor logits(const Batch& batch);
  Batch rows_that_follow(const std::vector<std::int32_t>& tokens) const;

  Model& model_;
  DecodingForm form_;
  std::optional<std::int64_t> start_;  // the first input of a decoder beside an encoder
  Batch prompts_;
  std::vector<std::int64_t> task_, position_;  // [S] of each text, and of its next row
  std::vector<std::int64_t> prompt_;           // [S] its prompt, for an encoder
  KvCache cache_;
};

}  // namespace rankwise
