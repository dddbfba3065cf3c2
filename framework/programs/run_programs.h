/// Runs many programs, several at a time: each in a folder of its own, which goes with it.
#pragma once

#include "framework/programs/fence.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rankwise {

struct ProgramRuns {
  std::vector<std::string> words;        // of command_words()
  std::string file_name = "program.py";  // what {file} is called in the folder
  ProgramLimits limits = {};
  std::int64_t jobs = 1;                              // at a time
  std::function<bool()> stop = [] { return false; };  // asked before each program
};

/// [N] as `programs`, the text of each; one that is there several times is run once. Empty where
/// `stop` ended it before. Throws Error where a program cannot be started at all.
std::vector<ProgramOutcome> run_programs(const std::vector<std::string>& programs,
                                         const ProgramRuns& runs);

}  // namespace rankwise
