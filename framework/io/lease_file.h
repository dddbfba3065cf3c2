/// The file of a lease: created by one process alone, renewed by it, and passed on.
#pragma once

#include "framework/io/lease_note.h"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace rankwise {

/// Every byte of the file; nothing where there is none. Throws Error where it cannot be read.
std::optional<std::string> read_lease_file(const std::filesystem::path& path);

/// Where a process says that it takes over the lease `id` of `path`: one at a time can.
std::filesystem::path claim_path(const std::filesystem::path& path, const std::string& id);

/// A file that this process created and has open. It may have been replaced since under its name.
class LeaseFile {
 public:
  /// Nothing where there is a file already. Throws Error where it cannot be written, and leaves
  /// none then.
  static std::optional<LeaseFile> create(const std::filesystem::path& path, const LeaseNote& note);

  /// Puts a new file with this note in the place of one whose lease is `old_id`: nothing where it
  /// is another's by now, or where another process does the same. Throws Error as above.
  static std::optional<LeaseFile> replace(const std::filesystem::path& path,
                                          const std::string& old_id, const LeaseNote& note);

  /// Writes the note into the open file, to the disk. Throws Error.
  void write(const LeaseNote& note) const;

  LeaseFile(LeaseFile&& other) noexcept
      : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  LeaseFile& operator=(LeaseFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  LeaseFile(const LeaseFile&) = delete;
  LeaseFile& operator=(const LeaseFile&) = delete;
  ~LeaseFile();

 private:
  LeaseFile(std::filesystem::path path, int descriptor)
      : path_(std::move(path)), descriptor_(descriptor) {}

  std::filesystem::path path_;  // that it was created under, for messages
  int descriptor_ = -1;
};

/// Removes the file where its lease is still the note's. `expired`: another process may just be
/// taking it over.
void remove_lease_file(const std::filesystem::path& path, const LeaseNote& note, bool expired);

}  // namespace rankwise
