/// Runs a program that nobody vouches for, within limits and without a network.
#pragma once

#include "framework/record/final_record.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

enum class ProgramEnd { kPassed, kFailed, kTimeOver };

struct ProgramOutcome {
  ProgramEnd end = ProgramEnd::kFailed;
  std::string words;   // "ended with status 1", "was ended by signal 11 (Segmentation fault)"
  std::string output;  // the last that it printed, kMostOutput bytes at most

  static constexpr std::size_t kMostOutput = 2048;
};

/// Throws Error where the system refuses namespaces to a process without rights, which keep a
/// program from the network; does nothing where `limits.network` allows it one.
void check_fence(const ProgramLimits& limits);

/// Runs the command `words` (command_words.h) in `folder` and waits until it and all that it
/// started are gone, `limits.seconds` at most. It passes where it ends with status 0. It reads
/// nothing from standard input, what it prints is dropped but for the last of it, and of the
/// environment it sees PATH alone, with HOME and TMPDIR set to the folder. Each of its processes
/// has `limits.mebibytes` of address space, that many seconds of CPU time, 64 MiB a file and 256
/// open files. In namespaces of its own (user, processes, network, IPC) it has no network, sees no
/// other process, and makes 256 processes at most, for which root's programs run as another user;
/// with `limits.network` it runs without. Files it may read and write as this process may. Throws
/// Error where it cannot be started at all.
ProgramOutcome run_in_fence(const std::vector<std::string>& words,
                            const std::filesystem::path& folder, const ProgramLimits& limits);

}  // namespace rankwise
