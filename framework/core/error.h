/// Errors that reach a user: one line that says what was found, what was expected, the way out.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace rankwise {

/// A mistake in input or environment. The program prints `what()` and ends with exit code 1.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message) : std::runtime_error(message) {}
};

/// Throws Error with a formatted message.
template <class... Arguments>
[[noreturn]] void fail(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  throw Error(fmt::format(format, std::forward<Arguments>(arguments)...));
}

/// Throws Error with a formatted message unless `condition` holds.
template <class... Arguments>
void check(bool condition, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  if (!condition) throw Error(fmt::format(format, std::forward<Arguments>(arguments)...));
}

/// What a user sees of a message that may carry a stack trace.
inline std::string first_line(const std::string& message) {
  return message.substr(0, message.find('\n'));
}

}  // namespace rankwise
