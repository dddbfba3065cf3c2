/// Characters of UTF-8, one after the other.
#pragma once

#include <cstddef>
#include <string_view>

namespace rankwise::utf8 {

/// Bytes of the well-formed character that `text` begins with (Unicode 15, table 3-7); 0 where it
/// begins with none. `text` is not empty.
std::size_t first_character(std::string_view text);

/// The number of a well-formed character.
char32_t code_point(std::string_view character);

}  // namespace rankwise::utf8
