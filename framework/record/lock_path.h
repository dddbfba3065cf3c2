/// The name of a run's lease.
#pragma once

#include <filesystem>

namespace rankwise {

/// The lease beside a run file that the process which executes the run holds: "a.h5" -> "a.lock".
std::filesystem::path lock_path(const std::filesystem::path& run_file);

}  // namespace rankwise
