/// Rank correlation of two series with ties.
#pragma once

#include <optional>
#include <vector>

namespace rankwise::analysis {

/// Kendall's tau-b (Kendall 1945): concordant minus discordant pairs over the geometric mean of the
/// pairs that are not tied in x and in y; from -1 to 1. Nothing where either series is constant.
/// Both have n values; takes n^2 / 2 comparisons.
std::optional<double> kendall_tau_b(const std::vector<double>& x, const std::vector<double>& y);

}  // namespace rankwise::analysis
