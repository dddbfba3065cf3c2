/// Run files with planted truth, for the tests of this folder: small enough to check by hand.
#pragma once

#include "analysis/runs/test_runs.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rankwise::analysis::test {

/// Four tasks, groups {0, 0, 1, 1} and of inputs {0, 1, 0, 1}; sites "low" and "high" of 4 -> 4 and
/// 3 ranks that choose one rank per task. True ranks: low {1, 2, 3, 1}, high {2, 2, 1, 3}. Inputs
/// use the first two axes, outputs the second and third.
RunLayout planted_layout();

/// Ten dev tokens per task, each through the prefix that its task chose, at gate one. R = 3.
SiteUsage prefix_usage(const std::vector<std::int64_t>& chosen);

/// A run whose tasks chose `first`, then `last`, at both sites; relative errors of 0.2 (best) and
/// 0.1 (last).
RunSpec planted_run(const std::vector<std::int64_t>& first, const std::vector<std::int64_t>& last);

/// Ten dev tokens per task, each through two of three ranks: 1 and 2 of the first two tasks, 2 and
/// 3 of the others; the balance biases are 0, 0.1 and -0.1.
SiteUsage routed_usage();

/// A run on the planted layout whose sites route tokens so, with a config in which the balance rate
/// is `rate`.
RunSpec routed_run(const std::string& label, double rate);

}  // namespace rankwise::analysis::test
