/// How the runs of a study stand, told from names and small files in its folder: no run file is
/// opened but those of failed runs, whose error is asked for.
#pragma once

#include "framework/io/lease_note.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

enum class RunState { kPending, kRunning, kDone, kFailed, kStalled };

/// "pending", "running", "done", "failed" or "stalled".
const char* to_string(RunState state);

struct RunStanding {
  std::string label;
  std::int64_t seed = 0;
  std::string file;  // name of the finished run file in the folder
  RunState state = RunState::kPending;
  std::string why;                            // failed: its error; stalled: what was seen; pending:
                                              // what is known of it, may be empty
  std::optional<LeaseNote> lease = {};        // of who runs it, or ran it last
  std::optional<double> silent_seconds = {};  // since its last sign of life, by the time of day
  nlohmann::json progress = {};  // as of then (progress_json.h in run); null: not known
};

struct StudyStanding {
  std::string study;
  std::vector<RunStanding> runs;                 // of the plan first, in its order
  std::map<RunState, std::int64_t> counts = {};  // of the runs; every state is there
  std::int64_t others = 0;  // run files that nobody holds, of runs that the plan does not have
};

/// `folder`: results/<study>. `now`: seconds since 1970. Throws Error where there is no such
/// folder.
StudyStanding study_standing(const std::filesystem::path& folder, std::int64_t now);

/// What a launcher learns from an exit code: 0 where all runs are done, kSomeFailed where the
/// others failed, and kRunsLeft (EX_TEMPFAIL of sysexits.h) where some are pending, running or
/// stalled.
inline constexpr int kSomeFailed = 2, kRunsLeft = 75;
int exit_code(const StudyStanding& standing);

/// For other programs: docs/cluster.md names the members.
nlohmann::json to_json(const StudyStanding& standing);

}  // namespace rankwise
