/// Another program, run to its end without a shell.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

struct ProcessResult {
  int exit_code = 0;           // 128 + the signal where one ended it
  std::string output, errors;  // what it wrote to standard output and standard error
};

/// Runs arguments[0], looked up in PATH, inside `folder`, with empty input. Nothing when there is
/// no such program; throws Error when it cannot be started otherwise, and where it has not ended
/// after `limit`, with SIGKILL for it.
std::optional<ProcessResult> run_process(
    const std::vector<std::string>& arguments, const std::filesystem::path& folder,
    std::optional<std::chrono::milliseconds> limit = std::nullopt);

}  // namespace rankwise::analysis
