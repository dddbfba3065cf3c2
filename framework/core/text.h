/// Text that comes from outside: UTF-8 or not, and shown without bytes that drive a terminal.
#pragma once

#include <string>
#include <string_view>

namespace rankwise {

/// Well-formed UTF-8 (Unicode 15, table 3-7): JSON and run files hold nothing else.
bool is_utf8(std::string_view text);
/// `text` with U+FFFD for each byte that begins no character, and for each zero byte, where strings
/// of other programs end.
std::string as_utf8(std::string_view text);

/// Holds a control character (a tab, a line's end, ESC, DEL, U+0080 to U+009F) or one that shows
/// nothing and may turn or hide what stands beside it: Unicode's format characters, and the line
/// and paragraph separators.
bool has_control(std::string_view text);

/// The characters of has_control(), line breaks among them, and bytes that are no UTF-8 become
/// "\x1b": what is printed of names that a file brought along. Those of `kept` stay: "\n" of a
/// page.
std::string printable(std::string_view text, std::string_view kept = "");

/// Throws Error where `text` has such characters or is no UTF-8; `what` names it: "label".
void check_printable(const std::string& text, const std::string& what);

}  // namespace rankwise
