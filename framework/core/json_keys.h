/// Keys that stand twice in one object of a JSON text: parsers keep the last and say nothing.
#pragma once

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

}  // namespace rankwise
