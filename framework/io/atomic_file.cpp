#include "framework/io/atomic_file.h"

#include "framework/core/error.h"
#include "framework/core/readable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <system_error>

namespace rankwise {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_system_error(const fs::path& path, const char* action) {
  fail("{}: {}: {}", path.string(), action, std::generic_category().message(errno));
}

/// An open file descriptor.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags)
      : id_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (id_ >= 0) ::close(id_);
  }
  int get() const { return id_; }

 private:
  int id_;
};

void write_all(const Descriptor& file, const fs::path& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_system_error(path, "cannot be written");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void sync(const fs::path& path) {
  const Descriptor file(path, O_RDONLY);
  if (file.get() < 0 || ::fsync(file.get()) != 0) throw_system_error(path, "cannot be written");
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

// Said here with the number, for the system says of a long name only that it is too long.
void check_name_lengths(const fs::path& path) {
  constexpr std::size_t kLongest = 255;  // bytes of one name, on every file system of Linux
  for (const fs::path& part : path) {
    check(part.native().size() <= kLongest,
          "{}: the name '{}' has {} bytes, and a file system takes {}; choose a shorter label, "
          "study or folder name",
          path.string(), part.string(), part.native().size(), kLongest);
  }
}

// A device, a pipe or a folder of that name would go.
void check_replaceable(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status there = fs::status(path, ignored);
  check(!fs::exists(there) || fs::is_regular_file(there),
        "{}: is {} and no file; name a file to write", path.string(),
        fs::is_directory(there) ? "a folder" : "a device or a pipe");
}

// Where a link leads to, so that it stays one.
fs::path behind_links(const fs::path& path) {
  std::error_code ignored;
  const fs::path found = fs::canonical(path, ignored);
  return fs::is_symlink(fs::symlink_status(path, ignored)) && !found.empty() ? found : path;
}

// The first part of `folder` that is a link, and leads to no folder; empty where there is none.
fs::path broken_link(const fs::path& folder) {
  fs::path reached;
  for (const fs::path& part : folder) {
    reached /= part;
    std::error_code ignored;
    const bool link = fs::is_symlink(fs::symlink_status(reached, ignored));
    if (link && !fs::is_directory(reached, ignored)) return reached;
  }
  return {};
}

}  // namespace

void create_parent_folder(const fs::path& path) {
  check_name_lengths(path);
  std::error_code error;
  fs::create_directories(folder_of(path), error);
  if (!error) return;
  const fs::path link = broken_link(folder_of(path));
  check(link.empty(), "{}: the folder cannot be created: {} is a link that leads to no folder",
        folder_of(path).string(), link.string());
  fail("{}: the folder cannot be created: {}", folder_of(path).string(), error.message());
}

FileIdentity identity_of(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

void commit_file(const fs::path& temporary, const fs::path& path) {
  check_replaceable(path);
  sync(temporary);
  if (std::rename(temporary.c_str(), path.c_str()) != 0) {
    throw_system_error(path, "cannot be replaced");
  }
  // The bytes are on the disk, and the name is there for readers. A folder that cannot be forced to
  // the disk is no reason to call the file unwritten: some file systems refuse it.
  const Descriptor folder(folder_of(path), O_RDONLY | O_DIRECTORY);
  if (folder.get() >= 0) ::fsync(folder.get());
}

// The standard library's copy says "Input/output error" where the disk is full.
void duplicate_file(const fs::path& from, const fs::path& to) {
  check_regular_file(from);
  std::ifstream source(from, std::ios::binary);
  if (!source) throw_system_error(from, "cannot be read");
  const Descriptor target(to, O_WRONLY | O_CREAT | O_TRUNC);
  if (target.get() < 0) throw_system_error(to, "cannot be written");
  std::string block(1 << 20, '\0');
  while (source) {
    source.read(block.data(), static_cast<std::streamsize>(block.size()));
    write_all(target, to,
              std::string_view(block.data(), static_cast<std::size_t>(source.gcount())));
  }
  check(source.eof(), "{}: cannot be read", from.string());
}

void write_file(const fs::path& path, std::string_view bytes) {
  write_file(path, std::span(&bytes, 1));
}

void write_file(const fs::path& wanted, std::span<const std::string_view> parts) {
  check_replaceable(wanted);
  const fs::path path = behind_links(wanted);
  fs::path temporary = path;
  temporary += ".new";
  create_parent_folder(temporary);
  try {
    {
      const Descriptor file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
      if (file.get() < 0) throw_system_error(path, "cannot be written");
      for (const std::string_view part : parts) write_all(file, path, part);
    }
    commit_file(temporary, path);
  } catch (const Error&) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw;
  }
}

std::string read_file(const fs::path& path) {
  check_regular_file(path);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw_system_error(path, "cannot be read");
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  check(!file.bad(), "{}: cannot be read", path.string());
  return bytes;
}

}  // namespace rankwise
