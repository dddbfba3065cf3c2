#include "framework/io/file_lock.h"

#include "framework/core/error.h"
#include "framework/io/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>

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
  FileLock lock = open(path);
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return std::nullopt;
    throw_system_error(path, errno);
  }
  const std::string text = this_process();  // for people; the lock holds without it
  [[maybe_unused]] const bool written = ::ftruncate(lock.descriptor_, 0) == 0 &&
                                        ::pwrite(lock.descriptor_, text.data(), text.size(), 0) > 0;
  return lock;
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
  return std::filesystem::exists(path) ? read_file(path) : "";
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  release();
  descriptor_ = std::exchange(other.descriptor_, -1);
  return *this;
}

void FileLock::release() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

}  // namespace rankwise
