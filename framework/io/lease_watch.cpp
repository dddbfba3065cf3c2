#include "framework/io/lease_watch.h"

#include "framework/core/error.h"
#include "framework/io/lease_file.h"

#include <unistd.h>

#include <algorithm>
#include <thread>

namespace rankwise {
namespace {

namespace fs = std::filesystem;

// Of a file that does not say how long it lasts: an earlier version's, or empty, for its holder
// ended, or was stopped, between creating and writing it, and looks behind that whether it is its.
double lasts(const std::string& text, const std::optional<LeaseNote>& note) {
  constexpr double kOfAnEmptyOne = 5;
  if (note) return note->seconds;
  return text.empty() ? std::min(kOfAnEmptyOne, lease_seconds()) : lease_seconds();
}

}  // namespace

LeaseWatch::Finding LeaseWatch::look(const fs::path& path, Time now) {
  const auto text = read_lease_file(path);
  if (!text || Lease::try_take(path)) {
    seen_.erase(path);
    return Finding::kFree;
  }
  const auto note = parse_lease_note(*text);
  const fs::path claim = claim_path(path, note ? note->id : "");
  const auto claimed = read_lease_file(claim);
  const std::string all = *text + claimed.value_or("");
  Sight& sight = seen_.try_emplace(path, Sight{all, now}).first->second;
  if (sight.text != all) sight = {all, now, true};
  if (now - sight.since < std::chrono::duration<double>(lasts(*text, note))) {
    return sight.changed ? Finding::kAlive : Finding::kHeld;
  }
  sight.since = now;
  if (claimed) {  // of a process that ended between its claim and its rename
    ::unlink(claim.c_str());
    sight.text = *text;
    return Finding::kHeld;
  }
  if (!Lease::take_over(path, *text)) return Finding::kHeld;
  seen_.erase(path);
  return Finding::kFree;
}

std::optional<Lease> LeaseWatch::take(const fs::path& path, const std::function<bool()>& give_up) {
  LeaseWatch watch;
  while (!give_up()) {
    if (auto lease = Lease::try_take(path)) return lease;
    if (watch.look(path) == Finding::kAlive) return std::nullopt;
    std::this_thread::sleep_for(kPause);
  }
  return std::nullopt;
}

std::string LeaseWatch::holder(const fs::path& path) {
  try {
    const auto text = read_lease_file(path);
    const auto note = text ? parse_lease_note(*text) : std::nullopt;
    return note ? note->holder() : "another process";
  } catch (const Error&) {
    return "another process";
  }
}

}  // namespace rankwise
