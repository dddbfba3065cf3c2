/// Seeded subsets of splits, so that evaluation stays within a study's budget.
#pragma once

#include "framework/core/seed.h"
#include "framework/data/dataset.h"

#include <cstdint>

namespace rankwise {

/// `rows` examples drawn without replacement, in the split's order; all of them when `rows` is 0
/// or not less than there are. `feature_width` and `target_width` as in the dataset.
Split subset(const Split& split, std::int64_t rows, std::int64_t feature_width,
             std::int64_t target_width, const Seed& seed);

}  // namespace rankwise
