#include "framework/train/step_sizes.h"

#include "framework/train/budget.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace rankwise {

Sampler training_sampler(const Dataset& dataset, const TrainOptions& options, const Seed& seed) {
  return {options.sampler, training_sizes(dataset), seed.stream("sampler"), options.last_batch};
}

StepSize step_size(const Dataset& dataset, const TrainOptions& options,
                   const std::vector<Example>& examples, const PackForm& form) {
  const auto total = static_cast<std::int64_t>(examples.size());
  const std::int64_t at_once = options.micro_batch == 0 ? total : options.micro_batch;
  StepSize size;
  for (std::int64_t first = 0; first < total; first += at_once) {
    std::int64_t rows = 0;
    for (std::int64_t i = first; i < std::min(total, first + at_once); ++i) {
      const TaskData& data = dataset.tasks[examples[i].task];
      const PackedSize packed = packed_size(data, SplitName::kTrain, examples[i].index, form);
      rows += packed.rows;
      size.asked += packed.asked;
    }
    ++size.micro_batches;
    size.rows += rows;
    size.largest_rows = std::max(size.largest_rows, rows);
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
