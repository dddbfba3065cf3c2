/// Watches leases that other processes hold, until one is given back or its holder proves stale.
#pragma once

#include "framework/io/lease.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace rankwise {

class LeaseWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds kPause{200};  // between two looks
  enum class Finding {
    kFree,   // nobody holds it (any more)
    kHeld,   // its file says that somebody does, and has not changed since the watch began
    kAlive,  // its holder has given a sign of life since the watch began
  };

  /// A lease whose file has not changed for as long as it lasts is taken over, given back, and so
  /// free; one whose holder has ended for certain at once. Throws Error where the file cannot be
  /// read or written.
  Finding look(const std::filesystem::path& path, Time now = std::chrono::steady_clock::now());

  /// Takes a lease; one that another process has is watched until it is free. Nothing as soon as
  /// its holder gives a sign of life, or `give_up`, which is asked five times per second, is true.
  static std::optional<Lease> take(
      const std::filesystem::path& path,
      const std::function<bool()>& give_up = [] { return false; });

  /// Who holds the lease, or held it last: "process 4711 on a.example.org"; "another process" where
  /// that is not known, for it may have ended by now.
  static std::string holder(const std::filesystem::path& path);

 private:
  struct Sight {
    std::string text;
    Time since{};
    bool changed = false;
  };
  std::map<std::filesystem::path, Sight> seen_;
};

}  // namespace rankwise
