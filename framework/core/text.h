/// Text that comes from outside: UTF-8 or not, and shown without bytes that drive a terminal.
#pragma once

#include <string>
#include <string_view>

namespace rankwise {

/// Well-formed UTF-8 (Unicode 15, table 3-7): JSON and run files hold nothing else.
bool is_utf8(std::string_view text);

/// Holds a control character: a tab, a line's end, ESC, DEL, or one of U+0080 to U+009F.
bool has_control(std::string_view text);

/// The text with control characters and bytes that are not UTF-8 written as \x1b.
std::string printable(std::string_view text);

}  // namespace rankwise
