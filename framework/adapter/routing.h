/// Routing pieces that variants share.
///
/// Dimensions: N rows, S sequences, R ranks, k chosen a row.
#pragma once

#include "framework/adapter/choice.h"
#include "framework/adapter/site.h"

#include <torch/types.h>

#include <cstdint>

namespace rankwise {

/// Indices of the k largest scores of each row, in no particular order; [N, R] -> [N, k] int64.
/// As largest_indices() of ops/top_k.h.
torch::Tensor top_k(const torch::Tensor& scores, std::int64_t k);

/// Forward is the one-hot of the largest entry of each row, backward is the probability itself:
/// onehot(argmax p) + p - stopgrad(p) (Bengio et al., 2013). [T, R] -> [T, R].
torch::Tensor straight_through(const torch::Tensor& probability);

/// The weight of each rank under a weighting of prefixes: entry i is the sum of entries j >= i,
/// since prefix j holds the ranks up to j. [T, R] -> [T, R]; its gradient is one cumulative sum as
/// well.
torch::Tensor rank_weights(const torch::Tensor& prefix_weights);

/// True at the ranks up to `last` (zero-based). last [T, 1] -> [T, ranks] bool.
torch::Tensor prefix_mask(const torch::Tensor& last, std::int64_t ranks);

/// The ranks of chosen blocks of `size` neighbouring ranks, each with its block's weight.
/// blocks [N, e] int64, weight [N, e] -> e * size ranks per row of `ranks`.
Choice choose_blocks(const torch::Tensor& blocks, const torch::Tensor& weight, std::int64_t size,
                     std::int64_t ranks);

/// [S] int64: the row that stands for each sequence at a site. It is the first; under a causal
/// mask, where the first sees itself alone, the last of the prompt.
torch::Tensor telling_rows(const Site& site, const Batch& batch);

/// Mean over the rows of each sequence's prompt: x [N, d] -> [S, d].
torch::Tensor prompt_mean(const torch::Tensor& x, const Batch& batch);

/// How often each rank stands in `chosen` [N, k]; [R] int64.
torch::Tensor rank_load(const torch::Tensor& chosen, std::int64_t ranks);

/// The Switch loss (Fedus et al., 2022, eq. 4-6): E * sum_e f_e P_e with f_e the share of choices
/// that fell on e and P_e the mean probability; 1 when both are even. probability [N, E],
/// chosen [N, k] -> scalar. Of one forward: micro-batches each have their own f.
torch::Tensor switch_loss(const torch::Tensor& probability, const torch::Tensor& chosen);

/// Loss-free balancing (Wang et al., 2024): bias_i += rate * sign(mean load - load_i).
/// `bias` [R] changes in place; `chosen` [R] int64 counts of one optimizer step.
void move_balance_bias(torch::Tensor& bias, const torch::Tensor& chosen, double rate);

/// InfoNCE of samples against all task embeddings, summed over samples: cosine similarity over
/// temperature, cross-entropy with the sample's own task. samples [S, D], embeddings [T, D],
/// tasks [S] int64.
torch::Tensor contrastive_sum(const torch::Tensor& samples, const torch::Tensor& embeddings,
                              const torch::Tensor& tasks, double temperature);

}  // namespace rankwise
