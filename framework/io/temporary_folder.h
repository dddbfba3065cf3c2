/// A folder that goes with the object that made it.
#pragma once

#include <filesystem>

namespace rankwise {

class TemporaryFolder {
 public:
  /// Throws Error where the system's folder for temporary files cannot be written.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace rankwise
