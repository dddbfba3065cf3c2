/// A lease: what one process holds at a time, on any file system that creates files exclusively and
/// renames them at once. It needs no flock, which network and user-space file systems refuse, or
/// grant to each machine apart.
///
/// The file of a lease is created with O_EXCL and holds a note (lease_note.h) that its holder
/// renews six times in the time the lease lasts. It passes to another process when the holder gives
/// it back, when it has ended for certain, or when another process has watched it (lease_watch.h)
/// for as long as it lasts without a new sign of life. Times are measured by each machine's own
/// clock since its boot, and never compared: the time of day may be wrong, or be set back. A holder
/// that could not renew in time, for it was stopped, say, has lost the lease unless nobody else
/// took it.
#pragma once

#include "framework/core/error.h"
#include "framework/io/lease_note.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace rankwise {

/// Thrown to whoever goes on with what it no longer holds: another process may be at it.
class LeaseLost : public Error {
 public:
  using Error::Error;
};

/// How long a lease lasts without a sign of life: $RANKWISE_LEASE, or 60 s. Throws Error where that
/// is no number of seconds from 0.5 to 86400.
double lease_seconds();

class Lease {
 public:
  /// Nothing where another process holds it. A lease whose holder has ended for certain is taken
  /// over. Throws Error where the file (or its folder) cannot be written.
  static std::optional<Lease> try_take(const std::filesystem::path& path);

  /// Takes it over from a holder that was found stale; `text` is what the file said all the while.
  /// Nothing where it says something else by now, or where another process was faster.
  static std::optional<Lease> take_over(const std::filesystem::path& path, const std::string& text);

  /// Asked before anything is written that the lease protects: throws LeaseLost where it is lost.
  /// Costs nothing but a look at the clock while the lease is fresh.
  void check();

  /// What others read of the work, from the next sign of life on; a few hundred bytes at most.
  void say(nlohmann::json about);

  Lease(Lease&&) noexcept;
  Lease& operator=(Lease&&) noexcept;
  /// Gives it back: the file goes, unless it is another's by now.
  ~Lease();

 private:
  class Holding;
  explicit Lease(std::unique_ptr<Holding> holding);
  std::unique_ptr<Holding> holding_;
};

}  // namespace rankwise
