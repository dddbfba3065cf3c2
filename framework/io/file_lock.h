/// A lock that one process holds at a time, on this machine or a shared disk that honours flock.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace rankwise {

/// Holds `path` locked until destroyed; a kill frees it too. The file itself stays.
class FileLock {
 public:
  /// Nothing where somebody holds it. Throws where the file (or its folder) can't be created.
  static std::optional<FileLock> try_lock(const std::filesystem::path& path);

  /// Waits until nobody else holds it; nothing where `give_up`, asked ten times per second, is true
  /// first. Throws as above.
  static std::optional<FileLock> wait(const std::filesystem::path& path,
                                      const std::function<bool()>& give_up);

  /// Who holds the lock, or held it last: "process 4711 on a.example.org"; empty if nobody did.
  static std::string holder(const std::filesystem::path& path);

  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock() { release(); }

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  static FileLock open(const std::filesystem::path& path);
  void release() noexcept;

  int descriptor_ = -1;
};

}  // namespace rankwise
