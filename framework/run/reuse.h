/// Runs that another study has trained already: same config, data and weights, so the same result.
#pragma once

#include "framework/run/run.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace rankwise {

/// A finished run in one of the folders that has the job's config hash, with its parameters where
/// the job records them; nothing where there is none. Throws Error where a folder is missing.
std::optional<std::filesystem::path> find_reusable(
    const RunJob& job, const std::vector<std::filesystem::path>& folders);

/// Copies that run as the job's own, under the job's study, label, order and note; `taken_from`
/// says whose it was, and times and provenance stay what they were. Returns false where another
/// process holds the job.
bool reuse(const RunJob& job, const std::filesystem::path& run);

}  // namespace rankwise
