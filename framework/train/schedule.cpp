#include "framework/train/schedule.h"

#include <cmath>
#include <numbers>

namespace rankwise {

double schedule_factor(const TrainOptions& options, std::int64_t step, std::int64_t steps) {
  const std::int64_t warmup = options.warmup_steps.value_or(
      std::llround(options.warmup.value_or(0) * static_cast<double>(steps)));
  if (step < warmup) return static_cast<double>(step + 1) / static_cast<double>(warmup);
  if (options.schedule == LearningSchedule::kConstant) return 1;
  const double done = static_cast<double>(step - warmup) /
                      static_cast<double>(std::max<std::int64_t>(1, steps - warmup));
  return options.schedule == LearningSchedule::kCosine ? (1 + std::cos(std::numbers::pi * done)) / 2
                                                       : 1 - done;
}

}  // namespace rankwise
