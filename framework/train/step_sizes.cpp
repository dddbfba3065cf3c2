#include "framework/train/step_sizes.h"

#include "framework/train/budget.h"
#include "framework/train/micro_batches.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace rankwise {

Sampler training_sampler(const Dataset& dataset, const TrainOptions& options, const Seed& seed) {
  return {options.sampler, training_sizes(dataset), seed.stream("sampler"), options.last_batch};
}

std::vector<std::int64_t> training_rows(const Dataset& dataset,
                                        const std::vector<Example>& examples,
                                        const PackForm& form) {
  std::vector<std::int64_t> rows;
  rows.reserve(examples.size());
  for (const Example& example : examples) {
    const TaskData& data = dataset.tasks[example.task];
    rows.push_back(packed_size(data, SplitName::kTrain, example.index, form).rows);
  }
  return rows;
}

StepSize step_size(const Dataset& dataset, const TrainOptions& options,
                   const std::vector<Example>& examples, const PackForm& form) {
  StepSize size;
  for (const Example& example : examples) {
    const TaskData& data = dataset.tasks[example.task];
    size.asked += packed_size(data, SplitName::kTrain, example.index, form).asked;
  }
  const std::vector<std::int64_t> rows = training_rows(dataset, examples, form);
  for (const MicroBatch& part : micro_batches(rows, options)) {
    std::int64_t sum = 0;
    for (std::size_t i = part.begin; i < part.end; ++i) sum += rows[i];
    ++size.micro_batches;
    size.rows += sum;
    size.largest_rows = std::max(size.largest_rows, sum);
  }
  return size;
}

StepSize StepSizes::total() const {
  StepSize sum;
  for (const StepSize& step : drawn) {
    sum.micro_batches += step.micro_batches;
    sum.rows += step.rows;
    sum.asked += step.asked;
    sum.largest_rows = std::max(sum.largest_rows, step.largest_rows);
  }
  const auto count = static_cast<std::int64_t>(drawn.size());
  if (count == steps) return sum;
  const double times = static_cast<double>(steps) / static_cast<double>(count);
  sum.micro_batches = std::llround(times * static_cast<double>(sum.micro_batches));
  sum.rows = std::llround(times * static_cast<double>(sum.rows));
  sum.asked = std::llround(times * static_cast<double>(sum.asked));
  return sum;
}

StepSizes step_sizes(const Dataset& dataset, const TrainOptions& options, const Seed& seed,
                     const PackForm& form) {
  StepSizes sizes{steps_of(options, dataset), {}};
  Sampler sampler = training_sampler(dataset, options, seed);
  const std::int64_t drawn =
      std::min(sizes.steps, std::max<std::int64_t>(1, kMostSizedExamples / options.batch));
  sizes.drawn.reserve(static_cast<std::size_t>(drawn));
  for (std::int64_t step = 0; step < drawn; ++step) {
    sizes.drawn.push_back(step_size(dataset, options, sampler.next(options.batch), form));
  }
  return sizes;
}

std::vector<std::vector<Example>> step_examples(const Dataset& dataset, const TrainOptions& options,
                                                const Seed& seed,
                                                const std::vector<std::int64_t>& wanted) {
  std::map<std::int64_t, std::vector<Example>> drawn;
  for (const std::int64_t step : wanted) drawn[step];
  Sampler sampler = training_sampler(dataset, options, seed);
  std::int64_t next = 0;
  for (auto& [step, examples] : drawn) {
    for (; next <= step; ++next) examples = sampler.next(options.batch);
  }
  std::vector<std::vector<Example>> found;
  for (const std::int64_t step : wanted) found.push_back(drawn[step]);
  return found;
}

}  // namespace rankwise
