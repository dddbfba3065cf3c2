/// Texts without what a terminal or a page would obey instead of show.
#pragma once

#include <string>
#include <string_view>

namespace rankwise {

/// Control characters, line breaks among them, and bytes that are no UTF-8 become "\x1b": what is
/// printed of names that a file brought along. Those of `kept` stay: "\n" of a page.
std::string printable(std::string_view text, std::string_view kept = "");

/// Throws Error where `text` has control characters or is no UTF-8; `what` names it: "label".
void check_printable(const std::string& text, const std::string& what);

}  // namespace rankwise
