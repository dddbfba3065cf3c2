#include "framework/run/calibration.h"

#include "framework/core/provenance.h"
#include "framework/run/run_setup.h"
#include "framework/run/timed_parts.h"
#include "framework/run/writing_rehearsal.h"
#include "framework/train/evaluator.h"
#include "framework/train/micro_batches.h"
#include "framework/train/reached_sites.h"
#include "framework/train/step_sizes.h"
#include "framework/train/trainer.h"

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace rankwise {

namespace {

using nlohmann::json;

// A batch of one task's examples, as an evaluation has it.
struct EvaluationBatch {
  SplitName split = SplitName::kDev;
  std::vector<Example> examples;
  bool count_usage = false;
  std::int64_t rows = 0;
};

class Rehearsal {
 public:
  explicit Rehearsal(const RunJob& job)
      : config_(job.config),
        setup_(set_up(config_, job.paths, job.device)),
        seed_(setup_.seed.stream("train")),
        form_(setup_.model->pack_form(Purpose::kTraining)),
        train_(with_chunk_rows(config_.train, setup_.model->adapter(), setup_.tensors.device())),
        evaluator_(dataset(), config_.train.evaluation_rows, setup_.tensors),
        trainer_(*setup_.model, dataset(), config_.train, seed_, setup_.tensors) {
    if (config_.record.gradients) trainer_.watch_gradients();
    check_tasks_reach_sites(*setup_.model, dataset(), setup_.tensors);
    for (const auto& [name, tensor] : setup_.model->state()) best_.push_back(tensor.clone());
  }

  Rates train(double seconds);
  Rates evaluate(double seconds);
  Rates write(double seconds) {
    return rehearse_writing(*setup_.model, dataset(), config_.train, device(), seconds);
  }
  bool writes() const { return !writing_parts(dataset(), config_.train).empty(); }
  torch::Device device() const { return setup_.tensors.device(); }

 private:
  using Examples = std::vector<Example>;
  const Dataset& dataset() const { return setup_.suite.dataset; }
  StepSize size_of(const Examples& examples) const {
    return step_size(dataset(), train_, examples, form_);
  }
  std::vector<Examples> steps() const;
  Examples heaviest(const Examples& examples) const;
  Examples shortened(Examples examples) const;
  TimedPart take_step(const Examples& examples);
  std::vector<EvaluationBatch> batches_of(SplitName split, bool count_usage) const;
  std::vector<EvaluationBatch> samples() const;
  TimedPart evaluate_batch(const EvaluationBatch& batch);

  const RunConfig& config_;
  RunSetup setup_;
  Seed seed_;  // the trainer's
  PackForm form_;
  TrainOptions train_;  // as the trainer has them
  Evaluator evaluator_;
  Trainer trainer_;
  std::vector<torch::Tensor> best_;  // a run keeps this copy from its first evaluation on
};

// Steps of the run: that with the largest micro-batch, then others spread over their sizes.
std::vector<Rehearsal::Examples> Rehearsal::steps() const {
  const StepSizes sizes = step_sizes(dataset(), train_, seed_, form_);
  std::vector<std::int64_t> order(sizes.drawn.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const std::int64_t largest = *std::max_element(order.begin(), order.end(), [&](auto a, auto b) {
    return sizes.drawn[a].largest_rows < sizes.drawn[b].largest_rows;
  });
  order = largest_then_spread(order, [&](std::int64_t step) { return sizes.drawn[step].rows; });
  order.front() = largest;
  std::vector<Examples> steps = step_examples(dataset(), config_.train, seed_, order);
  steps.front() = heaviest(steps.front());
  for (std::size_t i = 1; i < steps.size(); ++i) steps[i] = shortened(std::move(steps[i]));
  return steps;
}

// The largest micro-batch; twice where steps have several, for then gradients are held beside it. A
// step that is cut by rows is taken whole.
Rehearsal::Examples Rehearsal::heaviest(const Examples& examples) const {
  const auto at_once = static_cast<std::size_t>(config_.train.micro_batch);
  if (at_once == 0 || at_once >= examples.size()) return examples;
  Examples best;
  std::int64_t most_rows = -1;
  for (std::size_t first = 0; first < examples.size(); first += at_once) {
    const std::size_t end = std::min(examples.size(), first + at_once);
    Examples part(examples.begin() + first, examples.begin() + end);
    const std::int64_t rows = size_of(part).rows;
    if (rows > most_rows) best = std::move(part);
    most_rows = std::max(most_rows, rows);
  }
  if (best.size() < at_once) return best;  // the rest of a step: two of it would be one micro-batch
  const Examples once = best;
  best.insert(best.end(), once.begin(), once.end());
  return best;
}

// A step of many micro-batches is told by its first ones.
Rehearsal::Examples Rehearsal::shortened(Examples examples) const {
  constexpr std::size_t kMicroBatches = 4;
  const auto at_once = static_cast<std::size_t>(config_.train.micro_batch);
  if (at_once > 0) examples.resize(std::min(examples.size(), kMicroBatches * at_once));
  return examples;
}

TimedPart Rehearsal::take_step(const Examples& examples) {
  const StepSize size = size_of(examples);
  const double seconds = trainer_.step(examples).seconds;
  return {{1, static_cast<double>(size.micro_batches), static_cast<double>(size.rows)}, seconds};
}

// The first step is slower than others and not counted, where there are others.
Rates Rehearsal::train(double seconds) {
  const std::vector<Examples> steps = this->steps();
  const std::int64_t planned = trainer_.planned_steps();
  const TimedPart first = take_step(steps.front());
  if (planned == 1) return fit_rates({first});
  const Stopwatch watch;
  std::vector<TimedPart> parts;
  for (std::size_t i = 0; trainer_.steps_done() < planned; i = (i + 1) % steps.size()) {
    parts.push_back(take_step(steps[i]));
    if (is_enough(parts.size(), watch.seconds(), seconds)) break;
  }
  return fit_rates(parts);
}

std::vector<EvaluationBatch> Rehearsal::batches_of(SplitName name, bool count_usage) const {
  std::vector<EvaluationBatch> batches;
  for (std::int32_t task = 0; task < dataset().task_count(); ++task) {
    const Split& split = dataset().tasks[task].split(name);
    for (Examples& examples : evaluation_batches(split, task, config_.train.evaluation_rows)) {
      std::int64_t rows = 0;
      for (const Example& example : examples) rows += split.rows_of(example.index);
      batches.push_back({name, std::move(examples), count_usage, rows});
    }
  }
  return largest_then_spread(std::move(batches),
                             [](const EvaluationBatch& batch) { return batch.rows; });
}

// Examples one by one, as their representations are recorded at the end of a run.
std::vector<EvaluationBatch> Rehearsal::samples() const {
  std::vector<EvaluationBatch> batches;
  for (std::int32_t task = 0; task < dataset().task_count(); ++task) {
    const Split& dev = dataset().tasks[task].dev;
    for (std::int64_t i = 0; i < std::min(config_.record.samples, dev.examples()); ++i) {
      batches.push_back({SplitName::kDev, {{task, i}}, false, dev.rows_of(i)});
    }
  }
  return largest_then_spread(std::move(batches),
                             [](const EvaluationBatch& batch) { return batch.rows; });
}

TimedPart Rehearsal::evaluate_batch(const EvaluationBatch& batch) {
  PredictionRecord record = evaluator_.unscored(batch.split, batch.examples.front().task);
  const Stopwatch watch;
  const auto rows = static_cast<double>(
      evaluator_.predict(*setup_.model, batch.split, batch.examples, batch.count_usage, record));
  return {{1, rows, batch.count_usage ? rows : 0}, watch.seconds()};
}

// Dev, test and samples in turn, so that each kind is seen.
Rates Rehearsal::evaluate(double seconds) {
  const torch::NoGradGuard no_grad;
  const std::array kinds{batches_of(SplitName::kDev, true), batches_of(SplitName::kTest, false),
                         samples()};
  std::size_t most = 0;
  for (const auto& batches : kinds) most = std::max(most, batches.size());
  const Stopwatch watch;
  std::vector<TimedPart> parts;
  for (std::size_t i = 0; i < most; ++i) {
    for (const auto& batches : kinds) {
      if (i > 0 && is_enough(parts.size(), watch.seconds(), seconds)) return fit_rates(parts);
      if (i < batches.size()) parts.push_back(evaluate_batch(batches[i]));
    }
  }
  return fit_rates(parts);
}

json device_json(const std::optional<DeviceMemory>& memory) {
  if (!memory) return nullptr;
  return {{"allocated", memory->allocated}, {"reserved", memory->reserved}};
}

}  // namespace

json Calibration::to_json() const {
  return {{"setup_seconds", setup_seconds},
          {"training", training},
          {"evaluation", evaluation},
          {"writing", writing},
          {"host_mib", host_mib},
          {"device", device_json(device)},
          {"seconds", seconds}};
}

Calibration Calibration::from_json(const json& value) {
  Calibration found{.setup_seconds = value.at("setup_seconds"),
                    .training = value.at("training"),
                    .evaluation = value.at("evaluation"),
                    .writing = value.at("writing"),
                    .host_mib = value.at("host_mib"),
                    .device = {},
                    .seconds = value.at("seconds")};
  const json& device = value.at("device");
  if (!device.is_null()) found.device = {device.at("allocated"), device.at("reserved")};
  return found;
}

Calibration calibrate(const RunJob& job, double seconds) {
  at::set_num_threads(static_cast<int>(job.threads));
  const Stopwatch watch;
  Rehearsal rehearsal(job);
  Calibration found;
  found.setup_seconds = watch.seconds();
  // Of the time: steps differ more than evaluations, and texts take the longest.
  const bool writes = rehearsal.writes();
  found.training = rehearsal.train((writes ? 0.35 : 0.6) * seconds);
  found.evaluation = rehearsal.evaluate((writes ? 0.15 : 0.4) * seconds);
  if (writes) found.writing = rehearsal.write(0.5 * seconds);
  found.host_mib = peak_memory_mib();
  found.device = peak_memory(rehearsal.device());
  found.seconds = watch.seconds();
  return found;
}

}  // namespace rankwise
