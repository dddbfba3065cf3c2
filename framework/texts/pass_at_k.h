/// pass@k: the chance that one of k programs passes its tests.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace rankwise {

/// Without bias, from `right` of `samples` programs that pass (Chen et al. 2021, eq. 1):
/// 1 - C(samples - right, k) / C(samples, k). Throws Error unless 0 <= right <= samples and
/// 1 <= k <= samples.
double pass_at_k(std::int64_t samples, std::int64_t right, std::int64_t k);

/// The k of which there is a metric, each the mean over the examples: "pass_at_1", ...
inline constexpr std::array<std::int64_t, 6> kPassAtK{1, 5, 10, 25, 50, 100};

/// "pass_at_10"
std::string pass_at_k_name(std::int64_t k);

}  // namespace rankwise
