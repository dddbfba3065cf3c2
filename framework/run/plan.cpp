#include "framework/run/plan.h"

#include "framework/run/run_setup.h"
#include "framework/run/writing_rehearsal.h"
#include "framework/train/evaluator.h"
#include "framework/train/micro_batches.h"
#include "framework/train/step_sizes.h"

#include <algorithm>
#include <cmath>

namespace rankwise {

namespace {

struct FlopsPerToken {
  double forward = 0, backward = 0;

  double both() const { return forward + backward; }
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

// Of each token whose likelihood is asked for: every word of the vocabulary is scored.
FlopsPerToken vocabulary_flops(Model& model) {
  const torch::Tensor weight = model.backbone().vocabulary_weight();
  if (!weight.defined()) return {};
  const double product = 2.0 * static_cast<double>(weight.numel());
  return {product, product * (weight.requires_grad() ? 2 : 1)};
}

std::int64_t trained_numbers(const Model& model) {
  std::int64_t count = 0;
  for (const torch::Tensor& tensor : model.adapter_parameters()) count += tensor.numel();
  for (const torch::Tensor& tensor : model.head_parameters()) count += tensor.numel();
  return count;
}

std::int64_t asked_tokens(const Dataset& dataset, SplitName name, const PackForm& form) {
  std::int64_t asked = 0;
  for (const TaskData& data : dataset.tasks) {
    for (std::int64_t i = 0; i < data.split(name).examples(); ++i) {
      asked += packed_size(data, name, i, form).asked;
    }
  }
  return asked;
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
  const TrainOptions train =
      with_chunk_rows(config.train, setup.model->adapter(), setup.tensors.device());
  const StepSizes sizes = step_sizes(setup.suite.dataset, train, setup.seed.stream("train"), form);
  const StepSize total = sizes.total();
  plan.steps = sizes.steps;
  plan.training_tokens = total.rows;
  plan.largest_rows = total.largest_rows;
  plan.training = {static_cast<double>(sizes.steps), static_cast<double>(total.micro_batches),
                   static_cast<double>(total.rows)};
  plan.flops += static_cast<double>(total.asked) * vocabulary_flops(*setup.model).both();
}

std::int64_t dev_evaluations(const RunConfig& config, const RunPlan& plan) {
  const TrainOptions& train = config.train;
  return std::min(train.evaluations, plan.steps) + (train.evaluate_at_start ? 1 : 0);
}

void count_evaluation(const RunConfig& config, const RunSetup& setup, RunPlan& plan) {
  const Dataset& dataset = setup.suite.dataset;
  const TrainOptions& train = config.train;
  const PackForm form = setup.model->pack_form(Purpose::kScoring);
  const auto pass = [&](SplitName split, bool count_usage) {
    return one_pass(dataset, split, train.evaluation_rows, form.answer_rows(), count_usage);
  };
  const std::int64_t evaluations = dev_evaluations(config, plan);
  const Amounts test = pass(SplitName::kTest, false);
  plan.evaluation_tokens += evaluations * dataset.rows(SplitName::kDev, form.answer_rows()) +
                            dataset.rows(SplitName::kTest, form.answer_rows());
  plan.evaluation = sum_of(test, samples_pass(dataset, config.record.samples, form.answer_rows()));
  plan.evaluation =
      sum_of(plan.evaluation, pass(SplitName::kDev, true), static_cast<double>(evaluations));
  plan.second_evaluation = sum_of(test, pass(SplitName::kDev, false));
  const std::int64_t asked = evaluations * asked_tokens(dataset, SplitName::kDev, form) +
                             asked_tokens(dataset, SplitName::kTest, form);
  plan.flops += static_cast<double>(asked) * vocabulary_flops(*setup.model).forward;
}

void count_writing(const RunConfig& config, const RunSetup& setup, RunPlan& plan) {
  const double dev_passes = static_cast<double>(dev_evaluations(config, plan));
  double rows = 0, tokens = 0;
  for (const WritingPart& part : writing_parts(setup.suite.dataset, config.train)) {
    const WritingSize size = writing_size(part.batch, config.train.generation);
    const double passes = part.split == SplitName::kDev ? dev_passes : 1;
    plan.writing = sum_of(plan.writing, amounts_of(size), passes);
    plan.second_writing = sum_of(plan.second_writing, amounts_of(size));
    rows += passes * static_cast<double>(size.rows);
    tokens += passes * static_cast<double>(size.tokens);
  }
  plan.evaluation_tokens += std::llround(rows);
  plan.flops += tokens * vocabulary_flops(*setup.model).forward;
}

// What decides which rows a run reads. A suite that is made in memory is made of the run's seed.
std::string data_key(const RunJob& job) {
  const RunConfig& config = job.config;
  const nlohmann::json parts{options_to_json(config.data),
                             config.backbone,
                             config.backbone_options,
                             options_to_json(config.train)["precision"],
                             suites().contains(config.data.suite) ? config.seed : 0,
                             job.paths.data.string(),
                             job.device};
  return parts.dump();
}

// A plug-in may read its initial values, which a tensor without memory does not have.
std::unique_ptr<Model> model_to_count(const RunJob& job, const RunSetup& setup) {
  try {
    return make_model(job.config, job.paths, setup, setup.tensors.device(torch::kMeta));
  } catch (const c10::Error&) {
    return make_model(job.config, job.paths, setup, setup.tensors);
  }
}

}  // namespace

RunPlan Planner::plan(const RunJob& job) {
  if (const std::string key = data_key(job); key != data_) {
    data_.clear();  // should loading fail
    setup_ = load_data(job.config, job.paths, job.device);
    data_ = key;
  }
  RunSetup& setup = setup_;
  setup.seed = Seed(static_cast<std::uint64_t>(job.config.seed));
  check_model(job.config, job.paths, setup);
  setup.model = model_to_count(job, setup);
  RunPlan plan;
  plan.trainable = trained_numbers(*setup.model);
  count_training(job.config, setup, plan);
  count_evaluation(job.config, setup, plan);
  count_writing(job.config, setup, plan);
  const FlopsPerToken flops = flops_per_token(*setup.model);
  plan.flops += static_cast<double>(plan.training_tokens) * flops.both() +
                static_cast<double>(plan.evaluation_tokens) * flops.forward;
  const auto kept = static_cast<double>(plan.trainable);
  const RecordOptions& record = job.config.record;
  const int copies = (record.factors ? 1 : 0) + (record.parameters.last ? 1 : 0) +
                     (record.parameters.best ? 1 : 0);
  plan.disk_mib = kept * 4 * copies / (1024 * 1024);
  return plan;
}

}  // namespace rankwise
