#include "framework/record/lock_path.h"

namespace rankwise {

std::filesystem::path lock_path(const std::filesystem::path& run_file) {
  return std::filesystem::path(run_file).replace_extension(".lock");
}

}  // namespace rankwise
