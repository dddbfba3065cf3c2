/// Runs that another study has trained already: same config, data and weights, so the same result.
#pragma once

#include "framework/train/run.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace rankwise {

/// A finished run in one of the folders that has the task's config hash, with its parameters where
/// the task records them; nothing where there is none. Throws Error where a folder is missing.
std::optional<std::filesystem::path> find_reusable(
    const RunTask& task, const std::vector<std::filesystem::path>& folders);

/// Copies that run as the task's own, under the task's study, label, order and note; `taken_from`
/// says whose it was, and times and provenance stay what they were. Returns false where another
/// process holds the task.
bool reuse(const RunTask& task, const std::filesystem::path& run);

}  // namespace rankwise
