#include "framework/run/plan.h"

#include "framework/run/run_setup.h"
#include "framework/train/evaluator.h"
#include "framework/train/step_sizes.h"

#include <algorithm>

namespace rankwise {

namespace {

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

// One pass over a split: batches, rows, and the rows again where their use of ranks is counted.
Amounts one_pass(const Dataset& dataset, SplitName name, std::int64_t rows_at_once,
                 AnswerRows answers, bool count_usage) {
  double batches = 0;
  for (std::int32_t task = 0; task < dataset.task_count(); ++task) {
    const Split& split = dataset.tasks[task].split(name);
    batches += static_cast<double>(evaluation_batches(split, task, rows_at_once).size());
  }
  const auto rows = static_cast<double>(dataset.rows(name, answers));
  return {batches, rows, count_usage ? rows : 0};
}

// The examples whose representations are kept pass one by one.
Amounts samples_pass(const Dataset& dataset, std::int64_t samples, AnswerRows answers) {
  Amounts amounts{};
  for (const TaskData& data : dataset.tasks) {
    for (std::int64_t i = 0; i < std::min(samples, data.dev.examples()); ++i) {
      ++amounts[0];
      amounts[1] += static_cast<double>(data.dev.rows_of(i, answers));
    }
  }
  return amounts;
}

void count_training(const RunConfig& config, const RunSetup& setup, RunPlan& plan) {
  const PackForm form = setup.model->pack_form(Purpose::kTraining);
  const StepSizes sizes =
      step_sizes(setup.suite.dataset, config.train, setup.seed.stream("train"), form);
  const StepSize total = sizes.total();
  plan.steps = sizes.steps;
  plan.training_tokens = total.rows;
  plan.largest_rows = total.largest_rows;
  plan.training = {static_cast<double>(sizes.steps), static_cast<double>(total.micro_batches),
                   static_cast<double>(total.rows)};
}

void count_evaluation(const RunConfig& config, const RunSetup& setup, RunPlan& plan) {
  const Dataset& dataset = setup.suite.dataset;
  const TrainOptions& train = config.train;
  const AnswerRows answers = setup.model->pack_form(Purpose::kScoring).answer_rows();
  const auto pass = [&](SplitName split, bool count_usage) {
    return one_pass(dataset, split, train.evaluation_rows, answers, count_usage);
  };
  const std::int64_t evaluations =
      std::min(train.evaluations, plan.steps) + (train.evaluate_at_start ? 1 : 0);
  const Amounts test = pass(SplitName::kTest, false);
  plan.evaluation_tokens = evaluations * dataset.rows(SplitName::kDev, answers) +
                           dataset.rows(SplitName::kTest, answers);
  plan.evaluation = sum_of(test, samples_pass(dataset, config.record.samples, answers));
  plan.evaluation =
      sum_of(plan.evaluation, pass(SplitName::kDev, true), static_cast<double>(evaluations));
  plan.second_evaluation = sum_of(test, pass(SplitName::kDev, false));
}

}  // namespace

RunPlan plan(const RunJob& job) {
  const RunSetup setup = set_up(job.config, job.paths, job.device);
  RunPlan plan;
  plan.parameters = setup.model->count();
  count_training(job.config, setup, plan);
  count_evaluation(job.config, setup, plan);
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
