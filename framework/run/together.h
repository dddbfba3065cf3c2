/// Runs of a study, one after another, each trained by several processes at once.
#pragma once

#include "framework/run/run.h"
#include "framework/train/collective.h"

#include <vector>

namespace rankwise {

/// Executes all jobs that are not finished, in order; every process of a run calls it with the same
/// jobs. A request to stop in any of them ends all: what is not done is kStopped. The first run
/// that fails ends all of them with its Error, since none knows how far the others came.
std::vector<RunOutcome> run_together(const std::vector<RunJob>& jobs, Collective& processes);

}  // namespace rankwise
