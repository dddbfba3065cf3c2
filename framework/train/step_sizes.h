/// How large each step of a run will be, known before any is taken: the sampler needs no model.
#pragma once

#include "framework/data/sampler.h"
#include "framework/train/options.h"

#include <cstdint>
#include <vector>

namespace rankwise {

/// The sampler of a run; `seed`: the trainer's.
Sampler training_sampler(const Dataset& dataset, const TrainOptions& options, const Seed& seed);

/// What one optimizer step takes in.
struct StepSize {
  std::int64_t micro_batches = 0;
  std::int64_t rows = 0;          // of all its examples, as StepRecord::tokens counts them
  std::int64_t asked = 0;         // tokens whose likelihood is asked for
  std::int64_t largest_rows = 0;  // of its largest micro-batch
};

/// Rows of each of the examples, a decoder's with them.
std::vector<std::int64_t> training_rows(const Dataset& dataset,
                                        const std::vector<Example>& examples, const PackForm& form);

/// Of the micro-batches that a trainer makes of the examples; `options` as a trainer has them, from
/// with_chunk_rows() (micro_batches.h).
StepSize step_size(const Dataset& dataset, const TrainOptions& options,
                   const std::vector<Example>& examples, const PackForm& form);

/// Steps of a run by their size. Beyond `kMostSizedExamples` none is drawn, and the run counts as
/// more of the same.
struct StepSizes {
  std::int64_t steps = 0;       // of the run
  std::vector<StepSize> drawn;  // the first ones: all but for very long runs

  /// Sums over the run, rounded where not all steps were drawn; the largest micro-batch of all.
  StepSize total() const;
};
inline constexpr std::int64_t kMostSizedExamples = 20'000'000;  // seconds of drawing

/// `options`: as of step_size(); `seed`: the trainer's; `form`: how the model's training batches
/// are packed.
StepSizes step_sizes(const Dataset& dataset, const TrainOptions& options, const Seed& seed,
                     const PackForm& form);

/// The examples of each of the steps `wanted`, which are counted from zero.
std::vector<std::vector<Example>> step_examples(const Dataset& dataset, const TrainOptions& options,
                                                const Seed& seed,
                                                const std::vector<std::int64_t>& wanted);

}  // namespace rankwise
