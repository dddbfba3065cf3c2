#include "framework/train/trainer.h"

#include "framework/data/upload.h"
#include "framework/train/budget.h"
#include "framework/train/decay.h"
#include "framework/train/finite.h"
#include "framework/train/reached_sites.h"
#include "framework/train/schedule.h"
#include "framework/train/step_sizes.h"

#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

namespace rankwise {

namespace {

// How many steps an accelerator is given beyond the one whose loss is waited for: enough for it
// never to idle, so few that an error shows soon.
constexpr std::size_t kStepsAhead = 8;

// [2] double.
torch::Tensor together(const torch::Tensor& loss, const torch::Tensor& auxiliary) {
  return torch::stack({loss.detach().to(torch::kFloat64).reshape({}),
                       auxiliary.detach().to(torch::kFloat64).reshape({})});
}

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::int32_t common_task(const std::vector<Example>& examples) {
  for (const Example& example : examples) {
    if (example.task != examples.front().task) return -1;
  }
  return examples.front().task;
}

}  // namespace

Trainer::Trainer(Model& model, const Dataset& dataset, const TrainOptions& options,
                 const Seed& seed, const torch::TensorOptions& tensors, Collective& processes)
    : model_(model),
      dataset_(dataset),
      options_(with_chunk_rows(options, model.adapter(), tensors.device())),
      noise_(seed.stream("noise")),
      tensors_(tensors),
      processes_(processes),
      sampler_(training_sampler(dataset, options, seed)),
      steps_(steps_of(options, dataset)),
      optimizer_({options.beta1, options.beta2, options.epsilon}),
      ahead_(is_accelerator(tensors.device())) {
  const std::vector<torch::Tensor> adapter = model.adapter_parameters();
  const std::vector<torch::Tensor> heads = model.head_parameters();
  parameters_ = adapter;
  parameters_.insert(parameters_.end(), heads.begin(), heads.end());
  add_groups(adapter, options.learning_rate);
  add_groups(heads, options.head_learning_rate.value_or(options.learning_rate));
  if (processes_.alone()) return;
  check_processes();
  sum_.emplace(processes_, parameters_, model_.adapter());
}

void Trainer::check_processes() const {
  check(model_.adapter().rows_are_independent(),
        "{} can not share a step: the variant looks at the rows of a batch together (a loss over "
        "the batch's load, a bias that moves in each forward, a choice drawn row by row); run it "
        "in one process",
        processes_.text());
  check(!parameters_.empty(), "{} have nothing to train together; run it in one process",
        processes_.text());
  if (options_.micro_batch == 0) return;
  const std::int64_t parts = (options_.batch + options_.micro_batch - 1) / options_.micro_batch;
  check(parts >= processes_.size(),
        "{} share {} micro-batches a step (train.batch {}, train.micro_batch {}): start fewer, or "
        "make micro-batches smaller",
        processes_.text(), parts, options_.batch, options_.micro_batch);
}

// Consecutive ones, about as many for each process. A step that is cut by rows is cut into as many
// chunks for each.
std::vector<MicroBatch> Trainer::own_parts(const std::vector<std::int64_t>& rows) const {
  if (processes_.alone()) return micro_batches(rows, options_);
  const std::int64_t size = processes_.size(), rank = processes_.rank();
  TrainOptions options = options_;
  if (options.micro_batch == 0) options.chunk_rows = shared_chunk_rows(rows, options, size);
  const std::vector<MicroBatch> all = micro_batches(rows, options);
  const auto count = static_cast<std::int64_t>(all.size());
  return {all.begin() + count * rank / size, all.begin() + count * (rank + 1) / size};
}

void Trainer::add_groups(const std::vector<torch::Tensor>& parameters, double rate) {
  for (const DecayGroup& alike : decay_groups(model_, parameters, options_)) {
    optimizer_.add_group(alike.parameters, rate, alike.decay);
  }
}

void Trainer::run(const std::vector<Observer*>& observers,
                  const std::function<void(std::int64_t step)>& evaluate,
                  std::int64_t last_evaluation) {
  observers_ = &observers;
  if (step_ < steps_ && !ended_) check_tasks_reach_sites(model_, dataset_, tensors_);
  if (evaluates_after(step_) && last_evaluation < step_) evaluate(step_);
  std::optional<Work> next;
  while (step_ < steps_ && !ended_) {
    const auto start = Clock::now();
    if (!next) next = prepare(sampler_.next(options_.batch));
    Begun begun = begin(*next);
    next.reset();
    // While the device computes.
    if (ahead_ && step_ < steps_) next = prepare(sampler_.next(options_.batch));
    begun.record.seconds = seconds_since(start);
    pending_.add(begun.record, begun.losses);
    deliver(ahead_ ? kStepsAhead : 0);
    if (between_) between_(step_);
    if (!evaluates_after(step_)) continue;
    deliver_all();
    evaluate(step_);
  }
  deliver_all();
  observers_ = nullptr;
}

void Trainer::deliver(std::size_t most) {
  while (const std::optional<StepRecord> record = pending_.next(most)) {
    checked(*record);
    for (Observer* observer : *observers_) observer->on_step(*record);
  }
}

StepRecord Trainer::checked(const StepRecord& record) const {
  const double loss = record.loss + record.auxiliary;
  if (!std::isfinite(loss)) fail_loss(loss, record.step);
  return record;
}

StepInfo Trainer::step_info() const { return {.training = true, .step = step_, .steps = steps_}; }

bool Trainer::evaluates_after(std::int64_t steps) const {
  if (steps == 0) return options_.evaluate_at_start;
  // Evaluation i of n comes after step ceil(i * steps / n): a change of floor(n * step / steps).
  const std::int64_t n = std::min(options_.evaluations, steps_);
  return steps * n / steps_ != (steps - 1) * n / steps_;
}

StepRecord Trainer::step(const std::vector<Example>& examples) {
  const auto start = Clock::now();
  Begun begun = begin(prepare(examples));
  begun.record.seconds = seconds_since(start);
  pending_.add(begun.record, begun.losses);
  return checked(*pending_.next(0));
}

Trainer::Work Trainer::prepare(const std::vector<Example>& examples) const {
  const PackForm form = model_.pack_form(Purpose::kTraining);
  Work work{.task = common_task(examples),
            .shares = shares_of(examples),
            .parts = own_parts(training_rows(dataset_, examples, form)),
            .batches = {}};
  const auto begin = examples.begin();
  for (const MicroBatch& part : work.parts) {
    const std::vector<Example> own(begin + static_cast<std::ptrdiff_t>(part.begin),
                                   begin + static_cast<std::ptrdiff_t>(part.end));
    work.batches.push_back(pack(dataset_, SplitName::kTrain, own, tensors_, form));
  }
  return work;
}

Trainer::Begun Trainer::begin(const Work& work) {
  const double factor = schedule_factor(options_, step_, steps_);
  if (sum_) sum_->begin();
  StepTotals totals{.losses = accumulate(work), .stop = stop_()};
  for (const Batch& batch : work.batches) totals.rows += batch.rows_in_all();
  totals = added_up(std::move(totals));
  optimize(factor);
  ++step_;
  return {.record = {.step = step_,
                     .task = work.task,
                     .learning_rate = options_.learning_rate * factor,
                     .tokens = totals.rows},
          .losses = totals.losses};
}

StepTotals Trainer::added_up(StepTotals totals) {
  if (sum_) {
    sum_->add(totals);
    const auto loss = totals.losses.sum().item<double>();
    if (!std::isfinite(loss)) fail_loss(loss, step_ + 1);
  }
  stop_asked_ = totals.stop;
  return totals;
}

torch::Tensor Trainer::accumulate(const Work& work) {
  optimizer_.drop_gradients();
  torch::Tensor losses =
      torch::zeros({2}, torch::TensorOptions(tensors_.device()).dtype(torch::kFloat64));
  for (std::size_t i = 0; i < work.parts.size(); ++i) {
    const torch::Tensor part = backward(work.batches[i], work.parts[i], work.shares);
    losses = losses + part;
  }
  if (ahead_) note_unsound(losses);
  return losses;
}

// What is not finite is NaN when multiplied by zero.
void Trainer::note_unsound(const torch::Tensor& losses) {
  const torch::Tensor now = (losses.sum() * 0 != 0).to(torch::kFloat32);
  unsound_ = unsound_.defined() ? at::maximum(unsound_, now) : now;
}

Trainer::Shares Trainer::shares_of(const std::vector<Example>& examples) const {
  Shares shares;
  const PackForm form = model_.pack_form(Purpose::kTraining);
  for (const Example& example : examples) {
    const TaskData& data = dataset_.tasks[example.task];
    const PackedSize size = packed_size(data, SplitName::kTrain, example.index, form);
    shares.loss.add(data.task, size.asked);
    shares.sequences += size.sequences;
  }
  return shares;
}

torch::Tensor Trainer::backward(const Batch& batch, const MicroBatch& part, const Shares& shares) {
  const Pass pass{.batch = batch,
                  .step_info = step_info(),
                  .noise = noise_.stream(static_cast<std::uint64_t>(step_))
                               .stream(static_cast<std::uint64_t>(part.number)),
                  .chunk = part.chunk,
                  .recompute = options_.gradient_checkpointing};
  torch::Tensor loss = model_.loss(model_.forward(pass), batch, shares.loss);
  const AuxiliaryTerm auxiliary = model_.adapter().take_auxiliary();
  const torch::Tensor weighted = auxiliary.sum.defined()
                                     ? auxiliary.sum / static_cast<double>(shares.sequences)
                                     : torch::zeros_like(loss);
  const torch::Tensor losses = together(loss, weighted);
  if (!ahead_ && processes_.alone()) {
    const auto sum = losses.sum().item<double>();
    if (!std::isfinite(sum)) fail_loss(sum, step_ + 1);
  }
  if (auxiliary.sum.defined()) loss = loss + weighted;
  if (loss.requires_grad()) loss.backward();
  return losses;
}

// Looks for the cause where it can be: only a loss that outgrew its type has none but the rate.
void Trainer::fail_loss(double loss, std::int64_t step) const {
  const double shown = std::isnan(loss) ? std::abs(loss) : loss;  // a NaN's sign says nothing
  const std::string what = fmt::format("the loss is {} at step {}", shown, step);
  try {
    check_targets(dataset_);
    check_parameters(model_);
    if (!model_.adapter().trains_backbone()) check_weights(model_.backbone());
  } catch (const NotFinite& cause) {
    fail("{}: {}; {}", what, cause.what(), advice(options_));
  } catch (const Error& cause) {
    fail("{}: {}", what, cause.what());
  }
  fail("{}; {}", what, advice(options_));
}

void Trainer::optimize(double factor) {
  const torch::NoGradGuard no_grad;
  if (gradients_) gradients_->add();
  if (!optimizer_.empty()) {
    model_.adapter().edit_gradients(step_info());
    if (options_.clip > 0) optimizer_.clip_gradients(options_.clip);
    model_.adapter().before_step(step_info());
    optimizer_.step(factor, unsound_);
  }
  model_.adapter().after_step(step_info());
}

std::vector<std::pair<std::string, torch::Tensor>> Trainer::state() {
  std::vector<std::pair<std::string, torch::Tensor>> state;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const AdamW::State& moments = optimizer_.state_of(parameters_[i]);
    state.emplace_back(std::to_string(i) + ".exp_avg", moments.exp_avg);
    state.emplace_back(std::to_string(i) + ".exp_avg_sq", moments.exp_avg_sq);
  }
  if (gradients_) {
    for (auto& sum : gradients_->state()) state.push_back(std::move(sum));
  }
  return state;
}

torch::Tensor Trainer::optimizer_steps() {
  if (optimizer_.empty()) return torch::zeros({0}, torch::kInt64);
  std::vector<torch::Tensor> steps;
  for (const torch::Tensor& parameter : parameters_) {
    steps.push_back(optimizer_.state_of(parameter).steps);
  }
  return torch::stack(steps).to(torch::TensorOptions(torch::kCPU).dtype(torch::kInt64));
}

void Trainer::resume_at(std::int64_t step, const torch::Tensor& optimizer_steps) {
  for (std::int64_t done = step_; done < step; ++done) sampler_.next(options_.batch);
  step_ = step;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    optimizer_.state_of(parameters_[i]).steps.copy_(optimizer_steps[static_cast<std::int64_t>(i)]);
  }
}

}  // namespace rankwise
