#include "framework/record/run_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

namespace rankwise {
namespace {

namespace fs = std::filesystem;

/// Finished and failed runs end in .h5; one being written, or left by a kill, in .h5.partial.
bool is_named_as_run(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".h5") || name.ends_with(".h5.partial");
}

/// Why a file of a run's name is none; empty where it may be one.
std::string objection(const fs::path& path, const fs::file_status& status) {
  if (status.type() == fs::file_type::not_found || status.type() == fs::file_type::none) {
    return "is a link that leads nowhere";
  }
  if (!fs::is_regular_file(status)) return "is no regular file";
  return path.filename().string().starts_with('.') ? "is a hidden file" : "";
}

void sort_in(const fs::path& path, RunFolder& listed) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);  // of what a link leads to
  if (fs::is_directory(status)) {
    listed.folders.push_back(path);
  } else if (is_named_as_run(path)) {
    const std::string why = objection(path, status);
    if (why.empty()) {
      listed.files.push_back(path.lexically_normal());
    } else {
      listed.skipped.push_back(fmt::format("{}: {}, no run file; skipped", path.string(), why));
    }
  }
}

}  // namespace

RunFolder list_run_folder(const fs::path& folder) {
  RunFolder listed;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    sort_in(entry->path(), listed);
  }
  if (error) {
    listed.skipped.push_back(fmt::format("{}: {}; skipped", folder.string(), error.message()));
  }
  std::sort(listed.files.begin(), listed.files.end());
  std::sort(listed.folders.begin(), listed.folders.end());
  std::sort(listed.skipped.begin(), listed.skipped.end());
  return listed;
}

}  // namespace rankwise
