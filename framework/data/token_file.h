/// Reads a suite that scripts/prepare wrote: token ids, targets and task metadata in one HDF5 file.
#pragma once

#include "framework/data/dataset.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

/// `tasks`: which of the file's tasks, in this order; empty: all, in the file's order.
/// Throws Error for a missing, foreign or corrupt file (ids outside the vocabulary, starts that do
/// not rise, targets outside the classes), and for an unknown task with the ones there are.
Dataset read_token_file(const std::filesystem::path& file, const std::vector<std::string>& tasks);

/// SHA-256 of the tokenizer that made its ids; empty where it does not say.
std::string token_file_tokenizer(const std::filesystem::path& file);

/// Names of the file's tasks in order.
std::vector<std::string> token_file_tasks(const std::filesystem::path& file);

}  // namespace rankwise
