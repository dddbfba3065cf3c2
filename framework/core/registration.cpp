#include "framework/core/registration.h"

#include <fmt/ranges.h>

#include <vector>

namespace rankwise {
namespace {

std::vector<std::string>& failures() {
  static std::vector<std::string> messages;
  return messages;
}

}  // namespace

void note_failed_registration(const std::string& message) noexcept {
  failures().push_back(message);
}

void check_registrations() {
  const auto messages = std::exchange(failures(), {});
  check(messages.empty(), "{}", fmt::join(messages, "; "));
}

}  // namespace rankwise
