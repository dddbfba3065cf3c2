/// What a folder holds of run files, by names and kinds alone: nothing in it is opened.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

struct RunFolder {
  std::vector<std::filesystem::path> files;    // finished, failed, or still being written
  std::vector<std::filesystem::path> folders;  // in it
  /// A line for each thing that is named as a run file but is none (a hidden file, a pipe, a link
  /// that leads nowhere), and for the folder where it cannot be read.
  std::vector<std::string> skipped;
};

/// In alphabetical order. Never waits and never throws for what the folder holds.
RunFolder list_run_folder(const std::filesystem::path& folder);

}  // namespace rankwise
