/// Intervals of means that share their seeds, for comparing them with each other.
#pragma once

#include "analysis/statistics/bootstrap.h"

#include <optional>
#include <vector>

namespace rankwise::analysis {

/// For each condition the 95 % t-interval of its mean without what seeds have in common: a seed's
/// values are moved by the same amount, to the grand mean, and the intervals widened by sqrt(c / (c
/// - 1)) of c conditions (Cousineau 2005, Morey 2008). `values` [condition][seed], every condition
/// with the same seeds in the same order. Nothing below two conditions or two seeds, or where a
/// condition lacks a seed.
std::optional<std::vector<Interval>> within_seed_intervals(
    const std::vector<std::vector<double>>& values);

}  // namespace rankwise::analysis
