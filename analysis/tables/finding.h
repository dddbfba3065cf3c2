/// What a comparison found, as one sentence.
#pragma once

#include "analysis/compare/comparison.h"

#include <string>

namespace rankwise::analysis {

/// Of the average over tasks where there is one, else of the first score: "more is higher than lora
/// on the average over 10 tasks by 1.23 points (95 % 0.4 to 2.1, p (Holm) 0.012, 3 seeds); of the
/// tasks it is higher on 4, lower on none, inconclusive on 6." Where examples say what seeds do
/// not, the sentence says so.
std::string finding(const Comparison& comparison);

}  // namespace rankwise::analysis
