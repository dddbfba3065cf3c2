/// HDF5 identifiers that close themselves, and HDF5's errors as one line.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <string>

namespace rankwise::hdf5 {

/// Who an error is about: prints "results/a.h5: /train/loss".
struct Place {
  std::string file;
  std::string path;  // inside the file; "" or "/": the file itself

  std::string text() const;
};

/// Owns one HDF5 identifier. Closing never throws: what must be known to have reached the disk is
/// flushed before (Dataset::flush, File::close).
class Handle {
 public:
  using Closer = herr_t (*)(hid_t);

  Handle() = default;
  Handle(hid_t id, Closer closer) : id_(id), closer_(closer) {}
  Handle(Handle&& other) noexcept;
  Handle& operator=(Handle&& other) noexcept;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { close(); }

  hid_t get() const { return id_; }

  /// Closes now; negative where HDF5 failed to.
  herr_t close() noexcept;

  /// Forgets the identifier: nothing is written any more, and the library keeps it until the
  /// process ends.
  void abandon() noexcept { id_ = H5I_INVALID_HID; }

 private:
  hid_t id_ = H5I_INVALID_HID;
  Closer closer_ = nullptr;
};

/// Prepares HDF5 once: no printing of its own, no work at exit that could fail there.
void prepare_library();

/// HDF5's last failure in few words: the operating system's where it has them, else the beginning
/// of the innermost message.
struct Failure {
  std::string reason;
  bool of_system = false;  // a full disk or a missing permission, not what the file holds
};

/// Clears the error stack.
Failure last_failure();

/// Throws Error "<place>: <action>: <reason of the last failure>".
[[noreturn]] void throw_error(const Place& place, const std::string& action);

/// Throws Error for what cannot be read: the system's reason, or that the file seems damaged.
[[noreturn]] void throw_unreadable(const Place& place, const Failure& failure);

/// Passes a non-negative result through; throws Error otherwise.
template <class Result>
Result checked(Result result, const Place& place, const char* action) {
  if (result < 0) throw_error(place, action);
  return result;
}

/// The same for what is read.
template <class Result>
Result checked_read(Result result, const Place& place) {
  if (result < 0) throw_unreadable(place, last_failure());
  return result;
}

/// An owned identifier, or Error.
Handle owned(hid_t id, Handle::Closer closer, const Place& place, const char* action);

}  // namespace rankwise::hdf5
