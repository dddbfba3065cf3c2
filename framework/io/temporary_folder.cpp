#include "framework/io/temporary_folder.h"

#include "framework/core/error.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>

namespace rankwise {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "rankwise-XXXXXX").string();
  check(mkdtemp(name.data()) != nullptr, "{}: cannot be made: {}", name, std::strerror(errno));
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace rankwise
