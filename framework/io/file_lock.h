/// A lock that one process holds at a time, on this machine or a shared disk that honours flock.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace rankwise {

/// Holds `path` locked until destroyed, and removes the file then; a kill frees it and leaves the
/// file, which the next holder takes over.
class FileLock {
 public:
  /// Nothing where somebody holds it. Throws where the file (or its folder) can't be created.
  static std::optional<FileLock> try_lock(const std::filesystem::path& path);

  /// Waits until nobody else holds it; nothing where `give_up`, asked ten times per second, is true
  /// first. Throws as above.
  static std::optional<FileLock> wait(const std::filesystem::path& path,
                                      const std::function<bool()>& give_up);

  /// Who holds the lock, or held it last: "process 4711 on a.example.org"; empty where that
  /// is not known, for it may have ended by now.
  static std::string holder(const std::filesystem::path& path);

  FileLock(FileLock&& other) noexcept
      : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock() { release(); }

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  static FileLock open(const std::filesystem::path& path);
  void sign() const;
  void release() noexcept;

  std::filesystem::path path_;  // empty until it is held
  int descriptor_ = -1;
};

}  // namespace rankwise
