#include "framework/io/hdf5_handle.h"

#include "framework/core/error.h"

#include <string_view>
#include <utility>

namespace rankwise::hdf5 {
namespace {

/// Keeps the innermost description of a walk over the error stack, which goes from there outwards.
herr_t keep_innermost(unsigned depth, const H5E_error2_t* error, void* text) {
  if (depth == 0 && error->desc != nullptr) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

/// HDF5 wraps the system's reason: "... errno = 28, error message = 'No space left on device',
/// ...". Its own words end in addresses: "truncated file: eof = 20000, ...".
Failure shortened(const std::string& message) {
  constexpr std::string_view kBefore = "error message = '";
  const auto start = message.find(kBefore);
  if (start == std::string::npos) return {message.substr(0, message.find_first_of(":,"))};
  const auto end = message.find('\'', start + kBefore.size());
  return {message.substr(start + kBefore.size(), end - start - kBefore.size()), true};
}

}  // namespace

std::string Place::text() const { return path.empty() || path == "/" ? file : file + ": " + path; }

Handle::Handle(Handle&& other) noexcept
    : id_(std::exchange(other.id_, H5I_INVALID_HID)), closer_(other.closer_) {}

Handle& Handle::operator=(Handle&& other) noexcept {
  close();
  id_ = std::exchange(other.id_, H5I_INVALID_HID);
  closer_ = other.closer_;
  return *this;
}

herr_t Handle::close() noexcept {
  const hid_t id = std::exchange(id_, H5I_INVALID_HID);
  return id < 0 ? 0 : closer_(id);
}

void prepare_library() {
  static const bool prepared = [] {
    H5dont_atexit();  // after a full disk it would try again to write, and could not
    H5open();
    H5PLset_loading_state(0);  // filters of other people's libraries
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    return true;
  }();
  static_cast<void>(prepared);
}

Failure last_failure() {
  std::string message = "unknown reason";
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &message);
  H5Eclear2(H5E_DEFAULT);
  return shortened(message);
}

void throw_error(const Place& place, const std::string& action) {
  fail("{}: {}: {}", place.text(), action, last_failure().reason);
}

void throw_unreadable(const Place& place, const Failure& failure) {
  check(!failure.of_system, "{}: cannot be read: {}", place.text(), failure.reason);
  fail("{}: cannot be read, the file seems damaged: {}; copy it again, or make it anew",
       place.text(), failure.reason);
}

Handle owned(hid_t id, Handle::Closer closer, const Place& place, const char* action) {
  return {checked(id, place, action), closer};
}

}  // namespace rankwise::hdf5
