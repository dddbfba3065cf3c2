/// Runs of a study as processes of their own: a crash or a failed run never ends the others.
#pragma once

#include "framework/run/run.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rankwise {

struct WorkerOptions {
  std::int64_t jobs = 1;
  bool wait = true;                  // for runs that other processes hold
  std::string program;               // path of this program; called as `program worker`
  std::vector<std::string> plugins;  // that workers load first
};

/// How one run of a study ended.
struct WorkerResult {
  std::string label;
  std::int64_t seed = 0;
  RunOutcome outcome = RunOutcome::kFinished;
  std::string error;  // one line; empty unless it failed
};

/// Executes all jobs that are not finished with at most `jobs` processes at a time, in order. Busy
/// runs, which another process holds, are said so at the end and waited for, or else left to it
/// once it has given a sign of life; what it drops is taken over. A request to the caller's
/// StopSignals ends it: running workers are asked to stop and waited for, and what is not done is
/// kStopped.
std::vector<WorkerResult> run_workers(const std::vector<RunJob>& jobs,
                                      const WorkerOptions& options);

/// What `program worker` does: reads one job from standard input, executes or calibrates it, and
/// answers on the descriptor `answer` with one line of JSON. What it prints goes to standard error.
/// Returns the exit code.
int worker_main(int answer);

}  // namespace rankwise
