#include "framework/model/heads.h"

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/routing.h"

#include <limits>

namespace rankwise {

namespace {

torch::Tensor index_tensor(const std::vector<std::int64_t>& values, const torch::Device& device) {
  return torch::tensor(values, torch::kInt64).to(device);
}

// Candidate scores of one task's groups as a [groups, most candidates] grid, -inf where a group
// has fewer.
torch::Tensor candidate_grid(const torch::Tensor& scores, const std::vector<std::int64_t>& sizes) {
  std::int64_t most = 0;
  for (const std::int64_t size : sizes) most = std::max(most, size);
  std::vector<std::int64_t> cells;
  for (std::size_t group = 0; group < sizes.size(); ++group) {
    for (std::int64_t i = 0; i < sizes[group]; ++i) {
      cells.push_back(static_cast<std::int64_t>(group) * most + i);
    }
  }
  const auto groups = static_cast<std::int64_t>(sizes.size());
  return torch::full({groups * most}, -std::numeric_limits<double>::infinity(), scores.options())
      .index_copy(0, index_tensor(cells, scores.device()), scores.flatten())
      .view({groups, most});
}

}  // namespace

std::set<std::string> head_parameter_names(const std::vector<std::string>& tasks) {
  std::set<std::string> names{"shared_weight"};
  for (const std::string& task : tasks) names.insert({task + "_weight", task + "_bias"});
  return names;
}

struct Heads::Part {
  std::int64_t task = 0;
  torch::Tensor sequences;               // indices into the batch's sequences
  torch::Tensor examples;                // indices into the batch's examples
  std::vector<std::int64_t> candidates;  // sequences of each example
  torch::Tensor target;                  // [g, W]
  torch::Tensor target_index;            // [g]
};

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

std::vector<Heads::Part> Heads::parts(const Batch& batch) const {
  std::vector<std::vector<std::int64_t>> sequences(tasks_.size());
  std::vector<std::vector<std::int64_t>> examples(tasks_.size());
  std::vector<std::vector<std::int64_t>> candidates(tasks_.size());
  for (std::int64_t group = 0; group < batch.examples(); ++group) {
    const std::int64_t task = batch.group_task[group];
    examples[task].push_back(group);
    candidates[task].push_back(batch.groups[group + 1] - batch.groups[group]);
    for (auto s = batch.groups[group]; s < batch.groups[group + 1]; ++s) {
      sequences[task].push_back(s);
    }
  }
  std::vector<Part> parts;
  for (std::size_t task = 0; task < tasks_.size(); ++task) {
    if (examples[task].empty() || !weights_[task].defined()) continue;
    Part part;
    part.task = static_cast<std::int64_t>(task);
    part.sequences = index_tensor(sequences[task], batch.positions.device());
    part.examples = index_tensor(examples[task], batch.positions.device());
    part.candidates = candidates[task];
    part.target = batch.target.index_select(0, part.examples);
    part.target_index = batch.target_index.index_select(0, part.examples);
    parts.push_back(std::move(part));
  }
  return parts;
}

torch::Tensor Heads::outputs(const Part& part, const torch::Tensor& pooled) const {
  return at::linear(pooled.index_select(0, part.sequences), weights_[part.task],
                    biases_[part.task]);
}

torch::Tensor Heads::part_loss(const Part& part, const torch::Tensor& outputs) const {
  const Task& task = tasks_[part.task];
  if (task.kind == TaskKind::kRegress) {
    const torch::Tensor target = (part.target - task.target_mean) / task.target_std;
    return (outputs - target).square().mean(1).sum() * task.loss_scale;
  }
  const torch::Tensor scores =
      task.kind == TaskKind::kChoose ? candidate_grid(outputs, part.candidates) : outputs;
  const torch::Tensor log_share = torch::log_softmax(scores, 1);
  return -log_share.gather(1, part.target_index.unsqueeze(1)).sum() * task.loss_scale;
}

torch::Tensor Heads::part_prediction(const Part& part, const torch::Tensor& outputs) const {
  const Task& task = tasks_[part.task];
  if (task.kind == TaskKind::kRegress) {
    return outputs * task.target_std + task.target_mean;
  }
  const auto scores_of = [&](const torch::Tensor& values) {
    return task.kind == TaskKind::kChoose ? candidate_grid(values, part.candidates) : values;
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
  for (const Part& part : parts(batch)) {
    const torch::Tensor sum = part_loss(part, outputs(part, pooled));
    total = total.defined() ? total + sum : sum;
  }
  return total;
}

torch::Tensor Heads::predict(const torch::Tensor& pooled, const Batch& batch) {
  torch::Tensor result = torch::zeros({batch.examples(), batch.target.size(1)}, pooled.options());
  for (const Part& part : parts(batch)) {
    result.index_copy_(0, part.examples, part_prediction(part, outputs(part, pooled)));
  }
  return result;
}

}  // namespace rankwise
