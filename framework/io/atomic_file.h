/// Whole files: written under another name and renamed, so that a reader never sees half of one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace rankwise {

/// Replaces the file at `path` by these bytes, durably. The folder is created where it is missing.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// The same with the parts one after another.
void write_file(const std::filesystem::path& path, std::span<const std::string_view> parts);

/// All bytes of a file.
std::string read_file(const std::filesystem::path& path);

/// Copies a file, replacing what is there. Half a copy stays where it fails.
void duplicate_file(const std::filesystem::path& from, const std::filesystem::path& to);

/// Creates the folder that `path` lies in where it is missing. Throws Error where it cannot be
/// made, or where a name of `path` is longer than file systems take.
void create_parent_folder(const std::filesystem::path& path);

/// Which file a path leads to: two paths of one file give the same.
struct FileIdentity {
  std::uint64_t device = 0, number = 0;
  bool operator==(const FileIdentity&) const = default;
};

/// Zeros where there is no file.
FileIdentity identity_of(const std::filesystem::path& path);

/// Forces `temporary` to the disk and gives it the name `path`, replacing what is there.
void commit_file(const std::filesystem::path& temporary, const std::filesystem::path& path);

}  // namespace rankwise
