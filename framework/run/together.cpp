#include "framework/run/together.h"

#include "framework/core/foreign.h"
#include "framework/run/stop_signals.h"
#include "framework/train/process_lost.h"

namespace rankwise {

std::vector<RunOutcome> run_together(const std::vector<RunJob>& jobs, Collective& processes) {
  std::vector<RunOutcome> outcomes;
  try {
    for (const RunJob& job : jobs) {
      const bool stopped = !outcomes.empty() && outcomes.back() == RunOutcome::kStopped;
      outcomes.push_back(stopped ? RunOutcome::kStopped
                                 : execute(job, StopSignals::requested, {}, processes));
    }
    processes.barrier();
  } catch (const ProcessLost&) {
    throw;
  } catch (const std::exception& error) {
    processes.abandon(plain_message(error));
    throw;
  }
  return outcomes;
}

}  // namespace rankwise
