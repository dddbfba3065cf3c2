/// What the file of a lease says: who holds it, since when, and that the holder is alive.
#pragma once

#include "framework/core/json.h"

#include <cstdint>
#include <optional>
#include <string>

namespace rankwise {

struct LeaseNote {
  std::string id;       // of this lease, drawn at random: 16 hexadecimal digits
  std::string host;     // for people: two machines may have one name
  std::string machine;  // what process numbers count in: a boot of a kernel and a namespace
  std::int64_t process = 0;
  std::int64_t born = 0;      // when the process started, in the kernel's ticks since the boot
  std::string started;        // when the lease was taken, UTC
  double seconds = 60;        // without a sign of life after which it may be taken over
  std::int64_t beats = 0;     // signs of life so far
  std::int64_t beat_at = 0;   // of the last one: seconds since 1970 by the holder's clock
  nlohmann::json about = {};  // what the holder says of its work; null: nothing

  /// "process 4711 on a.example.org"
  std::string holder() const;
};

/// A note of this process with a new id, before its first sign of life.
LeaseNote new_lease_note(double seconds);

/// One line of JSON, filled up with spaces to a length that stays the same.
std::string to_text(const LeaseNote& note);

/// Nothing for what is no such text: of another program, cut short, or being written.
std::optional<LeaseNote> parse_lease_note(const std::string& text);

/// Whether the holder has ended for certain: it ran on this machine, and no longer does. A machine
/// cannot tell of processes of another, or of another namespace.
bool has_ended(const LeaseNote& note);

}  // namespace rankwise
