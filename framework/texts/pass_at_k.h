/// pass@k: the chance that one of k programs passes its tests.
#pragma once

#include <cstdint>

namespace rankwise {

/// Without bias, from `right` of `samples` programs that pass (Chen et al. 2021, eq. 1):
/// 1 - C(samples - right, k) / C(samples, k). Throws Error unless 0 <= right <= samples and
/// 1 <= k <= samples.
double pass_at_k(std::int64_t samples, std::int64_t right, std::int64_t k);

}  // namespace rankwise
