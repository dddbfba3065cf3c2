/// What Unicode 14, that of Python 3.11, says of characters behind ASCII, as sorted runs.
#pragma once

#include <array>
#include <cstdint>

namespace rankwise::unicode {

/// First and last of each run of what is neither letter nor number (Python's str.isalnum).
extern const std::array<char32_t, 754> kNotAlphanumeric;

/// First, last, step and difference of each run of capitals with a small letter.
extern const std::array<std::int32_t, 720> kLower;

}  // namespace rankwise::unicode
