/// Executes one run and leaves its file.
#pragma once

#include "framework/core/json.h"
#include "framework/run/run_config.h"
#include "framework/train/collective.h"
#include "framework/train/progress.h"
#include "framework/train/stop.h"

#include <string>
#include <string_view>

namespace rankwise {

/// A run of a study, ready to be executed.
struct RunJob {
  RunConfig config;
  RunIdentity identity;
  std::string study;
  std::string note;        // the study's words on its scale, for table footers
  std::string reproduces;  // the study's citation; may be empty
  std::string study_file;  // its name, without folders
  std::int64_t order = 0;  // of the row in the study
  Paths paths;
  std::string device = "cpu";
  std::int64_t threads = 1;
  bool again = false;  // a finished file of it is replaced

  nlohmann::json to_json() const;
  static RunJob from_json(const nlohmann::json& value);
};

/// Where its finished run file is or will be.
std::filesystem::path run_file(const RunJob& job);

/// Whether that file is there and is to stay.
bool is_finished(const RunJob& job);

/// Removes what a finished run leaves where it is killed among its last steps: checkpoints, its
/// file of before, files that were not renamed yet, and its lease. What another process holds
/// stays.
void clear_leftovers(const RunJob& job);

/// What a run's data make of its config.
struct RunScale {
  std::int64_t tasks = 0;
  std::int64_t steps = 0;  // planned
};

/// What a run file says of its study and its row there.
nlohmann::json study_attributes(const RunJob& job, const RunScale& scale);

/// kStopped: it ended early because it was asked to, and is resumed by the next call.
enum class RunOutcome { kFinished, kSkipped, kBusy, kStopped };

/// "finished", "skipped", "busy" or "stopped".
const char* to_string(RunOutcome outcome);
/// Throws Error for another word.
RunOutcome run_outcome(std::string_view word);

/// Trains, evaluates and records, from where an earlier call was cut. A finished file of the same
/// config is left alone (kSkipped); a run that another process holds is left to it (kBusy). On an
/// Error the partial file is kept as a failed one and the Error goes on. `report` is told how far
/// it is; without, standard error is. Several processes, all of which call it, train the run
/// together, and the first of them writes.
RunOutcome execute(
    const RunJob& job, const StopRequest& stop = [] { return false; },
    const ProgressReport& report = {}, Collective& processes = one_process());

}  // namespace rankwise
