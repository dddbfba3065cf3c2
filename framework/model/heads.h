/// One linear a task on the pooled vector, and the loss of each task kind. Tasks that are answered
/// by likelihood have none.
///
/// Dimensions: N rows, S sequences, G groups (examples), W values per target.
#pragma once

#include "framework/core/options.h"
#include "framework/core/seed.h"
#include "framework/data/batch.h"

#include <torch/nn/module.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace rankwise {

/// A suite may bring the map from hidden vector to outputs itself.
struct GivenHead {
  enum class Training { kNone, kShared, kPerTask };
  torch::Tensor weight;  // [outputs, width]; undefined: heads are made, one per task, and trained
  Training training = Training::kNone;  // as given; or a copy, one for all tasks or one per task
};

/// The names that the parameters of these tasks' heads may have.
std::set<std::string> head_parameter_names(const std::vector<std::string>& tasks);

class Heads : public torch::nn::Module {
 public:
  /// Weights as a linear layer starts (uniform ±1/sqrt(width)), biases zero; a choice has no bias.
  Heads(const std::vector<Task>& tasks, std::int64_t width, const GivenHead& given,
        const Seed& seed, const torch::TensorOptions& options);

  const std::vector<Task>& tasks() const { return tasks_; }

  /// Mean over each sequence's rows before its answer: hidden [N, d] -> [S, d].
  static torch::Tensor pool(const torch::Tensor& hidden, const Batch& batch);

  /// The loss of the batch's examples with heads as a sum, so that micro-batches add up exactly: a
  /// scalar; undefined where there are none.
  torch::Tensor loss_sum(const torch::Tensor& pooled, const Batch& batch);
  /// [G, W] in the batch's order of examples: class, candidate, or values in the target's units. An
  /// example whose outputs are not all finite has no class or candidate: NaN.
  torch::Tensor predict(const torch::Tensor& pooled, const Batch& batch);

 private:
  torch::Tensor outputs(const TaskExamples& part, const torch::Tensor& pooled) const;
  torch::Tensor part_loss(const TaskExamples& part, const torch::Tensor& outputs,
                          const Batch& batch) const;
  torch::Tensor part_prediction(const TaskExamples& part, const torch::Tensor& outputs) const;

  void add_given(const GivenHead& given, const std::string& name,
                 const torch::TensorOptions& options);
  void add_new(const Task& task, std::int64_t width, const Seed& seed,
               const torch::TensorOptions& options);

  std::vector<Task> tasks_;
  std::vector<torch::Tensor> weights_, biases_;
};

}  // namespace rankwise
