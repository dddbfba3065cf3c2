/// Characters of UTF-8 text as Python 3.11 tells them apart, for rules that its papers wrote in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rankwise {

/// A character and its bytes; a byte that is no UTF-8 is U+FFFD, of one byte.
struct Character {
  char32_t code = 0;
  std::size_t bytes = 0;
};

/// `text` is not empty.
Character first_character(std::string_view text);
Character last_character(std::string_view text);

/// Python's str.isalnum(): a letter or a number of any script, no combining mark, no underscore.
bool is_alphanumeric(char32_t code);

/// Bytes of the letters and numbers that `text` begins with.
std::size_t alphanumeric_bytes(std::string_view text);

/// Python's str.lower(), but for a capital sigma at a word's end, which becomes the usual one.
std::string lower(std::string_view text);

/// Python's str.strip() and str.split(): white space is Unicode's.
std::string_view stripped(std::string_view text);
std::vector<std::string_view> split_at_space(std::string_view text);

/// Parts of `text`: the longest runs of letters and numbers, apostrophes inside.
std::vector<std::string_view> words_of(std::string_view text);

}  // namespace rankwise
