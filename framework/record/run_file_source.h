/// A run file as the source of a run.
#pragma once

#include "framework/record/run_source.h"

#include <filesystem>
#include <memory>

namespace rankwise {

/// `known`: its head, where it was read before. Throws Error where the file is damaged, no run
/// file, or of an unknown schema.
std::unique_ptr<RunSource> open_run_file(const std::filesystem::path& path,
                                         std::shared_ptr<const RunHead> known = nullptr);

}  // namespace rankwise
