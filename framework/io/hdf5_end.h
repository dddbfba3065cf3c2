/// Whether a file still has its end, from its first bytes alone.
#pragma once

#include <filesystem>
#include <string>

namespace rankwise::hdf5 {

/// "has 20000 of its 31234 bytes", where a file of this library's format has fewer than its head
/// counts; empty where it has all, and where its head does not say.
std::string missing_end(const std::filesystem::path& path);

}  // namespace rankwise::hdf5
