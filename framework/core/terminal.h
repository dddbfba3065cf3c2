/// What is printed for people who sit at a terminal: how wide it is, whether it shows colours, and
/// texts cut into its lines.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rankwise {

bool is_terminal(int descriptor);

/// $COLUMNS where it says a number, else the terminal's own width, else 80.
std::size_t terminal_width(int descriptor);

/// On a terminal that is not "dumb", unless NO_COLOR is set (no-color.org).
bool shows_colours(int descriptor);

/// Characters on the screen: those of well-formed UTF-8, each one column wide.
std::size_t display_width(std::string_view text);

/// The text's words in lines of at most `width` characters. Spaces end a line and go; behind '_',
/// '/' and '-' a word is cut where it does not fit otherwise, and anywhere where that does not
/// help.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

/// `prefix` and the text beside it in lines of `width` characters together, each ended; below a
/// prefix that takes more than half of a line.
std::string hanging(std::string_view prefix, std::string_view text, std::size_t width);

/// The longest piece of the text that wrapped() would not cut but anywhere.
std::size_t longest_piece(std::string_view text);

}  // namespace rankwise
