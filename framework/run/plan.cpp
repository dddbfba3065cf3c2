#include "framework/run/plan.h"

#include "framework/run/run_setup.h"
#include "framework/train/budget.h"

#include <algorithm>
#include <cmath>

namespace rankwise {

namespace {

// Tokens of a training batch on average; tasks count by the sampler's weights.
double mean_example_tokens(const Dataset& dataset, const SamplerOptions& sampler,
                           const PackForm& form) {
  std::vector<double> sizes;
  for (const TaskData& data : dataset.tasks) {
    sizes.push_back(static_cast<double>(data.train.examples()));
  }
  std::vector<double> weights = task_weightings().find(sampler.tasks).weights(sizes, sampler);
  if (weights.empty()) weights.assign(sizes.size(), 1);
  double tokens = 0;
  double total = 0;
  for (std::size_t t = 0; t < sizes.size(); ++t) {
    tokens += weights[t] * mean_training_rows(dataset.tasks[t], form);
    total += weights[t];
  }
  return tokens / total;
}

struct FlopsPerToken {
  double forward = 0, backward = 0;
};

// Two per weight and product: one product forward, one for the input's gradient, one for the
// weight's where it is trained.
FlopsPerToken flops_per_token(Model& model) {
  FlopsPerToken flops;
  for (const auto& [name, linear] : model.backbone().linears()) {
    const double product = 2.0 * static_cast<double>(linear->weight.numel());
    flops.forward += product;
    flops.backward += product * (linear->weight.requires_grad() ? 2 : 1);
  }
  for (const auto& attached : model.adapter().attached()) {
    for (const auto& parameter : attached.update->parameters()) {
      flops.forward += 2.0 * static_cast<double>(parameter.numel());
      flops.backward += 4.0 * static_cast<double>(parameter.numel());
    }
  }
  return flops;
}

}  // namespace

RunPlan plan(const RunJob& job) {
  const RunSetup setup = set_up(job.config, job.paths, job.device);
  const TrainOptions& train = job.config.train;
  const Dataset& dataset = setup.suite.dataset;
  RunPlan plan;
  plan.parameters = setup.model->count();
  const PackForm form = setup.model->pack_form(Purpose::kTraining);
  const AnswerRows answers = form.answer_rows();
  const Budget budget = budget_of(train, dataset);
  plan.steps = budget.steps;
  plan.training_tokens =
      std::llround(budget.examples * mean_example_tokens(dataset, train.sampler, form));
  const std::int64_t evaluations =
      std::min(train.evaluations, plan.steps) + (train.evaluate_at_start ? 1 : 0);
  plan.evaluation_tokens = evaluations * dataset.rows(SplitName::kDev, answers) +
                           dataset.rows(SplitName::kTest, answers);
  const FlopsPerToken flops = flops_per_token(*setup.model);
  plan.flops = static_cast<double>(plan.training_tokens) * (flops.forward + flops.backward) +
               static_cast<double>(plan.evaluation_tokens) * flops.forward;
  const auto kept = static_cast<double>(plan.parameters.trainable);
  const RecordOptions& record = job.config.record;
  const int copies = (record.factors ? 1 : 0) + (record.parameters.last ? 1 : 0) +
                     (record.parameters.best ? 1 : 0);
  plan.disk_mib = kept * 4 * copies / (1024 * 1024);
  return plan;
}

}  // namespace rankwise
