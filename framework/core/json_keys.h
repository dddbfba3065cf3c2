/// What JSON parsers change and say nothing of: keys that stand twice in one object, of which they
/// keep the last, and integers that are too long. And how deeply a text is nested.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rankwise {

struct DuplicateKey {
  std::string key;
  int first_line = 0, second_line = 0;  // one-based
};

/// The first key of valid JSON (comments allowed) that its object already has.
std::optional<DuplicateKey> find_duplicate_key(std::string_view text);

struct LongInteger {
  std::string digits;
  int line = 0;  // one-based
};

/// The largest number of objects and arrays that are open at once, of any text. What walks over the
/// value takes a call for each.
std::size_t nesting_depth(std::string_view text);

/// The first integer that 64 bits cannot hold, with or without a sign; parsers make a real number
/// of it.
std::optional<LongInteger> find_long_integer(std::string_view text);

}  // namespace rankwise
