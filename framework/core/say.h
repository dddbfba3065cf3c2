/// Lines for the person or the log behind standard error.
#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace rankwise {

/// Writes it at once, and goes on where it can not be written: a log on a full disk or behind a
/// closed pipe must not end what it tells of.
void say_text(std::string_view text) noexcept;

/// The same of fmt's format and its values; `text` ends its own lines.
template <class... Values>
void say(fmt::format_string<Values...> text, Values&&... values) {
  say_text(fmt::format(text, std::forward<Values>(values)...));
}

/// While one lives this process says nothing: another process does.
class Hush {
 public:
  Hush() noexcept;
  ~Hush();
  Hush(const Hush&) = delete;
  Hush& operator=(const Hush&) = delete;
};

/// Opens what the caller closed of standard input, output and error onto nothing: the next file
/// opened would take its number, and the lines meant for it.
void open_standard_streams();

}  // namespace rankwise
