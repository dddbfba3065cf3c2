/// Another program, run to its end without a shell.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

struct ProcessResult {
  int exit_code = 0;   // 128 + the signal where one ended it
  std::string errors;  // what it wrote to standard error
};

/// Runs arguments[0], looked up in PATH, inside `folder`, with empty input and unheard output.
/// Nothing when there is no such program; throws Error when it cannot be started otherwise.
std::optional<ProcessResult> run_process(const std::vector<std::string>& arguments,
                                         const std::filesystem::path& folder);

}  // namespace rankwise::analysis
