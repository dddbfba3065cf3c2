/// Tasks that are answered by the likelihood of their answers' tokens, under a backbone's own head
/// over the vocabulary.
///
/// Dimensions: S sequences of a batch, V tokens of the vocabulary, d width of the hidden rows.
#pragma once

#include "framework/model/backbone.h"

#include <cstdint>
#include <map>
#include <vector>

namespace rankwise {

/// How the examples of one optimizer step share its loss: each kind's sum is divided by its own
/// weight (its examples, or by likelihood the tokens that are asked for), and counts by its share
/// of the examples. Micro-batches of one step have the same shares, and so add up exactly.
class LossShares {
 public:
  /// One example, with the tokens that training asks of it.
  void add(const Task& task, std::int64_t asked);

  double examples() const { return static_cast<double>(examples_); }
  /// What each asked token of a kind counts.
  double of_token(TaskKind kind) const;

 private:
  struct Kind {
    std::int64_t examples = 0, tokens = 0;
  };
  std::int64_t examples_ = 0;
  std::map<TaskKind, Kind> by_likelihood_;
};

/// The loss of a batch's asked tokens: minus the log-probability of each at its share; a scalar.
/// Undefined where the batch asks for none. `weight` [V, d].
torch::Tensor likelihood_loss(const Hidden& hidden, const Batch& batch, const torch::Tensor& weight,
                              const std::vector<Task>& tasks, const LossShares& shares);

/// Of each sequence's answer, in the order of the batch's sequences that have one.
struct AnswerLikelihood {
  std::vector<double> log_probability;  // nats, summed over its tokens
  std::vector<std::uint8_t> greedy;     // 1: each token is the likeliest one
};
AnswerLikelihood answer_likelihood(const Hidden& hidden, const Batch& batch,
                                   const torch::Tensor& weight);

}  // namespace rankwise
