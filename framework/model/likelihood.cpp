#include "framework/model/likelihood.h"

#include "framework/core/error.h"
#include "framework/data/upload.h"
#include "framework/ops/token_likelihood.h"

#include <torch/types.h>

namespace rankwise {

namespace {

TokenLikelihood of_asked(const Hidden& hidden, const Batch& batch, const torch::Tensor& weight) {
  const AskedTokens& asked = batch.answering().asked;
  const torch::Tensor& rows = hidden.decoded.defined() ? hidden.decoded : hidden.rows;
  // A decoder's rows are all asked.
  const torch::Tensor chosen =
      rows.size(0) == asked.size() ? rows : rows.index_select(0, asked.rows);
  return token_likelihood(chosen, weight, asked.tokens);
}

// [M] what each asked token counts in the loss.
std::vector<double> token_factors(const Batch& batch, const std::vector<Task>& tasks,
                                  const LossShares& shares) {
  std::vector<double> factors;
  for (std::int64_t example = 0; example < batch.examples(); ++example) {
    const Task& task = tasks[batch.group_task[example]];
    for (auto s = batch.groups[example]; s < batch.groups[example + 1]; ++s) {
      const std::int64_t asked = batch.asked.of_sequence[s];
      if (asked == 0) continue;
      factors.insert(factors.end(), static_cast<std::size_t>(asked),
                     shares.of_token(task.kind) * task.loss_scale);
    }
  }
  return factors;
}

}  // namespace

void LossShares::add(const Task& task, std::int64_t asked) {
  ++examples_;
  if (task.answered_by == AnsweredBy::kHead) return;
  Kind& kind = by_likelihood_[task.kind];
  ++kind.examples;
  kind.tokens += asked;
}

double LossShares::of_token(TaskKind kind) const {
  const Kind& found = by_likelihood_.at(kind);
  return static_cast<double>(found.examples) / examples() / static_cast<double>(found.tokens);
}

torch::Tensor likelihood_loss(const Hidden& hidden, const Batch& batch, const torch::Tensor& weight,
                              const std::vector<Task>& tasks, const LossShares& shares) {
  const Batch& answering = batch.answering();
  if (answering.asked.size() == 0) return {};
  const TokenLikelihood likelihood = of_asked(hidden, batch, weight);
  const torch::Tensor factors =
      sent(torch::tensor(token_factors(answering, tasks, shares), torch::kFloat64),
           likelihood.log_probability.options());
  return -likelihood.log_probability.dot(factors);
}

AnswerLikelihood answer_likelihood(const Hidden& hidden, const Batch& batch,
                                   const torch::Tensor& weight) {
  const TokenLikelihood likelihood = of_asked(hidden, batch, weight);
  const torch::Tensor log_probability =
      likelihood.log_probability.to(torch::kCPU, torch::kFloat64).contiguous();
  const torch::Tensor greedy = likelihood.greedy.to(torch::kCPU).contiguous();
  const double* value = log_probability.data_ptr<double>();
  const bool* is_greedy = greedy.data_ptr<bool>();
  AnswerLikelihood answers;
  for (const std::int64_t asked : batch.answering().asked.of_sequence) {
    if (asked == 0) continue;
    double sum = 0;
    bool all = true;
    for (std::int64_t i = 0; i < asked; ++i) {
      sum += *value++;
      all = *is_greedy++ && all;
    }
    answers.log_probability.push_back(sum);
    answers.greedy.push_back(all ? 1 : 0);
  }
  return answers;
}

}  // namespace rankwise
