/// Runs the programs that a finished run has written, and records which of them pass.
#pragma once

#include "framework/programs/run_programs.h"
#include "framework/run/run_config.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rankwise {

struct ExecuteRequest {
  std::string task, parameters;  // only this task, only last or best; empty: all
  std::string split = "test";
  bool again = false;  // also what was run before
  ProgramRuns runs;
  Paths paths;  // of the prepared suite
};

/// What became of one task's programs with one choice of parameters.
struct ExecutedPrograms {
  std::string task, parameters;
  std::map<std::string, double>
      scores;  // pass_at_1, ...: of each k of kPassAtK with enough samples
  std::size_t examples = 0, programs = 0;
  std::size_t passed = 0, over_time = 0;
  std::string failure;  // what the first one that failed came to, in a line; empty: none did
};

/// Records `passed` and the scores in the run file, which is replaced as a whole once all of its
/// programs were run; its id, and all else in it, stays. What was recorded before is left out,
/// unless asked for `again`. Nothing is recorded, and nothing returned, where `runs.stop` ended it.
/// Throws Error where the run is not finished or in a summary, has no generated texts, or where its
/// suite is not the one that it was trained on or says no program.
std::vector<ExecutedPrograms> execute_programs(const std::filesystem::path& run_file,
                                               const ExecuteRequest& request);

}  // namespace rankwise
