/// Log-probabilities of given tokens under a head over the vocabulary, without the [M, V] logits.
///
/// Dimensions: M rows, d their width, V tokens of the vocabulary.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace rankwise {

struct TokenLikelihood {
  at::Tensor log_probability;  // [M] in nats, differentiable once
  at::Tensor greedy;           // [M] bool: no other token is likelier
};

/// log softmax(rows Wᵀ) at `tokens`: rows [M, d], weight [V, d], tokens [M] int64. Logits are made
/// for `chunk` rows at a time, so that memory is chunk · V, and the gradient of `rows` in the same
/// sweep; that of `weight`, where it is asked for, in a second one. Rows in bf16: logits are
/// rounded to it, sums over them and the log-probabilities are fp32.
TokenLikelihood token_likelihood(const at::Tensor& rows, const at::Tensor& weight,
                                 const at::Tensor& tokens, std::int64_t chunk = 256);

}  // namespace rankwise
