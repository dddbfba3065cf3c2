/// For tests that read files of the source tree: fixtures, study files, documents.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace rankwise {

/// The source tree that the tests were built from, or a copy of it named by the environment's
/// RANKWISE_SOURCE_DIR, on a machine without it.
inline std::filesystem::path source_tree() {
  const char* copy = std::getenv("RANKWISE_SOURCE_DIR");
  return copy == nullptr ? RANKWISE_SOURCE_DIR : copy;
}

}  // namespace rankwise
