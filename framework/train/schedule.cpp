#include "framework/train/schedule.h"

#include <cmath>
#include <numbers>

namespace rankwise {

double schedule_factor(const TrainOptions& options, std::int64_t step) {
  const auto warmup = std::llround(options.warmup * static_cast<double>(options.steps));
  if (step < warmup) return static_cast<double>(step + 1) / static_cast<double>(warmup);
  if (options.schedule == LearningSchedule::kConstant) return 1;
  const double done = static_cast<double>(step - warmup) /
                      static_cast<double>(std::max<std::int64_t>(1, options.steps - warmup));
  return options.schedule == LearningSchedule::kCosine ? (1 + std::cos(std::numbers::pi * done)) / 2
                                                       : 1 - done;
}

}  // namespace rankwise
