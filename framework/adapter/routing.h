/// Routing pieces that variants share.
///
/// Letters: N rows, R ranks, k chosen a row.
#pragma once

#include <torch/types.h>

#include <cstdint>

namespace rankwise {

/// Indices of the k largest scores of each row, in no particular order; [N, R] -> [N, k] int64.
/// Ties go to whichever LibTorch's topk takes, which is the same for the same input.
torch::Tensor top_k(const torch::Tensor& scores, std::int64_t k);

/// Forward is the one-hot of the largest entry of each row, backward is the probability itself:
/// onehot(argmax p) + p - stopgrad(p) (Bengio et al., 2013). [T, R] -> [T, R].
torch::Tensor straight_through(const torch::Tensor& probability);

/// Loss-free balancing (Wang et al., 2024): bias_i += rate * sign(mean load - load_i).
/// `bias` [R] changes in place; `chosen` [R] int64 counts of one optimizer step.
void move_balance_bias(torch::Tensor& bias, const torch::Tensor& chosen, double rate);

/// InfoNCE of samples against all task embeddings, summed over samples: cosine similarity over
/// temperature, cross-entropy with the sample's own task. samples [S, D], embeddings [T, D],
/// tasks [S] int64.
torch::Tensor contrastive_sum(const torch::Tensor& samples, const torch::Tensor& embeddings,
                              const torch::Tensor& tasks, double temperature);

}  // namespace rankwise
