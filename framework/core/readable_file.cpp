#include "framework/core/readable_file.h"

#include "framework/core/error.h"

#include <system_error>

namespace rankwise {

namespace fs = std::filesystem;

void check_regular_file(const fs::path& path) {
  std::error_code error;
  const fs::file_type type = fs::status(path, error).type();
  if (type == fs::file_type::regular) return;
  if (type == fs::file_type::not_found) {
    std::error_code ignored;
    const bool link = fs::is_symlink(fs::symlink_status(path, ignored));
    fail("{}: cannot be read: {}", path.string(),
         link ? "it is a link to nothing" : "there is no such file");
  }
  check(!error, "{}: cannot be read: {}", path.string(), error.message());
  fail("{}: cannot be read: it is {}, not a file", path.string(),
       type == fs::file_type::directory ? "a folder"
       : type == fs::file_type::fifo    ? "a pipe"
                                        : "a device or socket");
}

}  // namespace rankwise
