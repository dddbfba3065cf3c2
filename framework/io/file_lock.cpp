#include "framework/io/file_lock.h"

#include "framework/core/error.h"
#include "framework/io/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

namespace rankwise {
namespace {

[[noreturn]] void throw_system_error(const std::filesystem::path& path, int error) {
  // NFS without its lock service, FUSE and some cluster file systems.
  const bool no_locks = error == ENOLCK || error == ENOSYS || error == EOPNOTSUPP || error == EIO;
  fail("{}: cannot be locked: {}{}", path.string(), std::generic_category().message(error),
       no_locks
           ? "; without locks two processes could write one run, so give --results a folder on "
             "a file system that has them, and copy the run files afterwards"
           : "");
}

bool is_file_at(const std::filesystem::path& path, int descriptor) {
  struct stat held {};
  struct stat named {};
  return ::fstat(descriptor, &held) == 0 && ::stat(path.c_str(), &named) == 0 &&
         held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

std::string this_process() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("process {} on {}", ::getpid(), host.data());
}

}  // namespace

FileLock FileLock::open(const std::filesystem::path& path) {
  create_parent_folder(path);
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) throw_system_error(path, errno);
  return FileLock(descriptor);
}

std::optional<FileLock> FileLock::try_lock(const std::filesystem::path& path) {
  const bool fresh = !std::filesystem::exists(path);
  FileLock lock = open(path);
  while (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) == 0) {
    // Since we opened it, its holder may have removed it, and another may hold a new one.
    if (is_file_at(path, lock.descriptor_)) {
      lock.path_ = path;
      lock.sign();
      return lock;
    }
    lock = open(path);
  }
  const int error = errno;
  if (error == EWOULDBLOCK) return std::nullopt;
  if (fresh) ::unlink(path.c_str());
  throw_system_error(path, error);
}

// For people; the lock holds without it.
void FileLock::sign() const {
  const std::string text = this_process();
  [[maybe_unused]] const bool written =
      ::ftruncate(descriptor_, 0) == 0 && ::pwrite(descriptor_, text.data(), text.size(), 0) > 0;
}

std::optional<FileLock> FileLock::wait(const std::filesystem::path& path,
                                       const std::function<bool()>& give_up) {
  while (!give_up()) {
    if (auto lock = try_lock(path)) return lock;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  return std::nullopt;
}

std::string FileLock::holder(const std::filesystem::path& path) {
  try {
    return std::filesystem::exists(path) ? read_file(path) : "";
  } catch (const Error&) {  // removed between the two
    return "";
  }
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  release();
  path_ = std::move(other.path_);
  descriptor_ = std::exchange(other.descriptor_, -1);
  return *this;
}

void FileLock::release() noexcept {
  if (descriptor_ < 0) return;
  if (!path_.empty()) ::unlink(path_.c_str());  // while it is held: who has opened it tries anew
  ::close(std::exchange(descriptor_, -1));
}

}  // namespace rankwise
