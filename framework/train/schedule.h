/// The learning rate's course: linear warm-up, then linear, cosine or constant.
#pragma once

#include "framework/train/options.h"

#include <cstdint>

namespace rankwise {

/// Factor in [0, 1] for optimizer step `step`, counted from 0. The first of w warm-up steps has
/// 1/w, the last one 1; the decay would reach 0 one step after the last of `steps`.
double schedule_factor(const TrainOptions& options, std::int64_t step, std::int64_t steps);

}  // namespace rankwise
