/// How many steps, examples, ranks, ... an option may ask for.
#pragma once

#include <cstdint>

namespace rankwise {

/// Beyond what a machine has room or time for; the product of two counts stays below 64 bits.
inline constexpr std::int64_t kLargestCount = 1'000'000'000;

}  // namespace rankwise
