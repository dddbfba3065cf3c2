/// The file that this process runs, for those that it starts.
#pragma once

#include <filesystem>

namespace rankwise {

inline std::filesystem::path this_program() {
  return std::filesystem::read_symlink("/proc/self/exe");
}

}  // namespace rankwise
