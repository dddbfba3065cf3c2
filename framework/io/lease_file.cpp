#include "framework/io/lease_file.h"

#include "framework/core/error.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

namespace rankwise {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

[[noreturn]] void throw_system_error(const fs::path& path, const char* action) {
  fail("{}: {}: {}", path.string(), action, std::generic_category().message(errno));
}

void write_whole(int descriptor, const std::string& text, const fs::path& path) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count =
        ::pwrite(descriptor, text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw_system_error(path, "cannot be written");
    done += static_cast<std::size_t>(count);
  }
  // Others see it when it has left this machine.
  if (::fsync(descriptor) != 0 && errno != EINVAL) throw_system_error(path, "cannot be written");
}

// Whose lease the file is; "" where it does not say; nothing where there is no file.
std::optional<std::string> id_in(const fs::path& path) {
  const auto text = read_lease_file(path);
  if (!text) return std::nullopt;
  const auto note = parse_lease_note(*text);
  return note ? note->id : "";
}

void unlink_quietly(const fs::path& path) { ::unlink(path.c_str()); }

// The claim of a process that ended before it had what it claimed. To remove another's claim by
// mistake does no harm: its rename fails.
void remove_dead_claim(const fs::path& claim) {
  const auto text = read_lease_file(claim);
  const auto note = text ? parse_lease_note(*text) : std::nullopt;
  if (note && has_ended(*note)) unlink_quietly(claim);
}

}  // namespace

std::optional<std::string> read_lease_file(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0 && errno == ENOENT) return std::nullopt;
  if (descriptor < 0) throw_system_error(path, "cannot be read");
  std::string text;
  std::array<char, 4096> buffer{};
  ssize_t count = 0;
  while ((count = ::read(descriptor, buffer.data(), buffer.size())) != 0) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  const int error = errno;
  ::close(descriptor);
  errno = error;
  if (count < 0) throw_system_error(path, "cannot be read");
  return text;
}

std::optional<LeaseFile> LeaseFile::create(const fs::path& path, const LeaseNote& note) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0 && errno == EEXIST) return std::nullopt;
  if (descriptor < 0) throw_system_error(path, "cannot be created");
  LeaseFile file(path, descriptor);
  try {
    write_whole(descriptor, to_text(note), path);
  } catch (const Error&) {
    unlink_quietly(path);
    throw;
  }
  // Stopped before it wrote, it may have been taken for one whose holder is gone.
  return id_in(path) == note.id ? std::optional(std::move(file)) : std::nullopt;
}

void LeaseFile::write(const LeaseNote& note) const {
  write_whole(descriptor_, to_text(note), path_);
}

std::optional<LeaseFile> LeaseFile::replace(const fs::path& path, const std::string& old_id,
                                            const LeaseNote& note) {
  const fs::path claim = claim_path(path, old_id);
  remove_dead_claim(claim);
  const Clock::time_point begin = Clock::now();
  auto file = create(claim, note);
  if (!file) return std::nullopt;
  const bool as_before = id_in(path) == old_id;
  // Later, others may take this claim for that of a process that is gone.
  const bool in_time = Clock::now() - begin < std::chrono::duration<double>(note.seconds / 2);
  if (as_before && in_time) ::rename(claim.c_str(), path.c_str());
  unlink_quietly(claim);
  // Whatever happened on the way, it is whose note stands there.
  return id_in(path) == note.id ? std::move(file) : std::nullopt;
}

LeaseFile::~LeaseFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void remove_lease_file(const fs::path& path, const LeaseNote& note, bool expired) {
  if (!expired) {
    if (id_in(path) == note.id) unlink_quietly(path);
    return;
  }
  const fs::path claim = claim_path(path, note.id);
  const auto mine = LeaseFile::create(claim, note);
  if (!mine) return;
  if (id_in(path) == note.id) unlink_quietly(path);
  unlink_quietly(claim);
}

fs::path claim_path(const fs::path& path, const std::string& id) {
  fs::path claim = path;
  claim += "." + (id.empty() ? std::string("unsigned") : id);
  return claim;
}

}  // namespace rankwise
