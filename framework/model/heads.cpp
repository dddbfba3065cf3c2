#include "framework/model/heads.h"

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/routing.h"

#include <limits>

namespace rankwise {

namespace {

// Candidate scores of one task's examples as a [examples, most candidates] grid, -inf where an
// example has fewer.
torch::Tensor candidate_grid(const torch::Tensor& scores, const TaskExamples& part) {
  return torch::full({part.count * part.most}, -std::numeric_limits<double>::infinity(),
                     scores.options())
      .index_copy(0, part.cells, scores.flatten())
      .view({part.count, part.most});
}

}  // namespace

std::set<std::string> head_parameter_names(const std::vector<std::string>& tasks) {
  std::set<std::string> names{"shared_weight"};
  for (const std::string& task : tasks) names.insert({task + "_weight", task + "_bias"});
  return names;
}

Heads::Heads(const std::vector<Task>& tasks, std::int64_t width, const GivenHead& given,
             const Seed& seed, const torch::TensorOptions& options)
    : tasks_(tasks) {
  for (const Task& task : tasks_) {
    if (task.answered_by == AnsweredBy::kLikelihood) {
      weights_.emplace_back();
      biases_.emplace_back();
    } else if (given.weight.defined()) {
      add_given(given, task.name, options);
    } else {
      add_new(task, width, seed, options);
    }
  }
}

void Heads::add_given(const GivenHead& given, const std::string& name,
                      const torch::TensorOptions& options) {
  const bool first = weights_.empty();
  torch::Tensor weight = given.weight.to(options);
  if (given.training == GivenHead::Training::kPerTask) {
    weight = register_parameter(name + "_weight", weight.clone());
  } else if (given.training == GivenHead::Training::kShared) {
    weight = first ? register_parameter("shared_weight", weight.clone()) : weights_.front();
  }
  weights_.push_back(weight);
  biases_.emplace_back();
}

void Heads::add_new(const Task& task, std::int64_t width, const Seed& seed,
                    const torch::TensorOptions& options) {
  weights_.push_back(register_parameter(
      task.name + "_weight", linear_init(task.outputs, width, seed.stream(task.name), options)));
  // A constant added to every candidate's score changes no choice and has no gradient.
  biases_.push_back(
      task.kind == TaskKind::kChoose
          ? torch::Tensor()
          : register_parameter(task.name + "_bias", torch::zeros({task.outputs}, options)));
}

torch::Tensor Heads::pool(const torch::Tensor& hidden, const Batch& batch) {
  if (batch.rows() == batch.sequences()) return hidden;
  if (batch.asked.size() > 0) return prompt_mean(hidden, batch);
  return at::segment_reduce(hidden, "mean", batch.lengths, {}, {}, 0, /*unsafe=*/true);
}

torch::Tensor Heads::outputs(const TaskExamples& part, const torch::Tensor& pooled) const {
  return at::linear(pooled.index_select(0, part.sequences), weights_[part.task],
                    biases_[part.task]);
}

torch::Tensor Heads::part_loss(const TaskExamples& part, const torch::Tensor& outputs,
                               const Batch& batch) const {
  const Task& task = tasks_[part.task];
  if (task.kind == TaskKind::kRegress) {
    const torch::Tensor target =
        (batch.target.index_select(0, part.examples) - task.target_mean) / task.target_std;
    return (outputs - target).square().mean(1).sum() * task.loss_scale;
  }
  const torch::Tensor scores =
      task.kind == TaskKind::kChoose ? candidate_grid(outputs, part) : outputs;
  const torch::Tensor target = batch.target_index.index_select(0, part.examples);
  return -torch::log_softmax(scores, 1).gather(1, target.unsqueeze(1)).sum() * task.loss_scale;
}

torch::Tensor Heads::part_prediction(const TaskExamples& part, const torch::Tensor& outputs) const {
  const Task& task = tasks_[part.task];
  if (task.kind == TaskKind::kRegress) {
    return outputs * task.target_std + task.target_mean;
  }
  const auto scores_of = [&](const torch::Tensor& values) {
    return task.kind == TaskKind::kChoose ? candidate_grid(values, part) : values;
  };
  // Zero times an infinity is NaN; the grid's own -inf stays out of it.
  const torch::Tensor undefined = scores_of(outputs * 0).isnan().any(1, /*keepdim=*/true);
  return scores_of(outputs)
      .argmax(1, /*keepdim=*/true)
      .to(outputs.scalar_type())
      .masked_fill(undefined, std::numeric_limits<double>::quiet_NaN());
}

torch::Tensor Heads::loss_sum(const torch::Tensor& pooled, const Batch& batch) {
  torch::Tensor total;
  for (const TaskExamples& part : batch.with_heads) {
    const torch::Tensor sum = part_loss(part, outputs(part, pooled), batch);
    total = total.defined() ? total + sum : sum;
  }
  return total;
}

torch::Tensor Heads::predict(const torch::Tensor& pooled, const Batch& batch) {
  torch::Tensor result = torch::zeros({batch.examples(), batch.target.size(1)}, pooled.options());
  for (const TaskExamples& part : batch.with_heads) {
    result.index_copy_(0, part.examples, part_prediction(part, outputs(part, pooled)));
  }
  return result;
}

}  // namespace rankwise
