/// Where a result comes from: versions, machine, time, memory.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace rankwise {

/// Of the sources, looked up at every build; "unknown" outside a git checkout.
std::string source_commit();
bool source_dirty();
/// "rankwise 0.1.0 (0123456789, with changes)"
std::string version_line();

std::string host_name();
/// UTC, ISO 8601, seconds.
std::string utc_now();
/// Highest resident memory of this process so far, in MiB.
double peak_memory_mib();

/// Versions of program, compiler and libraries that need no LibTorch.
nlohmann::json base_provenance();

}  // namespace rankwise
