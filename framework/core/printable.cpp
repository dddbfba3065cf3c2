#include "framework/core/printable.h"

#include "framework/core/error.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace rankwise {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0;
}

/// Bytes that a character of this first byte takes; 0: none begins so.
std::size_t length_of(std::uint8_t first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

/// Bytes of the character at `i` that can be shown; 0: it is a control character or no UTF-8.
std::size_t shown_bytes(std::string_view text, std::size_t i) {
  const std::uint8_t first = byte_at(text, i), second = byte_at(text, i + 1);
  const std::size_t length = length_of(first);
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte_at(text, i + k) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  const bool control = first < 0x20 || first == 0x7F || (first == 0xC2 && second < 0xA0);
  return overlong || beyond || control ? 0 : length;
}

}  // namespace

std::string printable(std::string_view text, std::string_view kept) {
  std::string shown;
  shown.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const bool stays = kept.find(text[i]) != std::string_view::npos;
    const std::size_t bytes = stays ? 1 : shown_bytes(text, i);
    if (bytes > 0) {
      shown.append(text, i, bytes);
    } else {
      shown += fmt::format("\\x{:02x}", byte_at(text, i));
    }
    i += std::max<std::size_t>(bytes, 1);
  }
  return shown;
}

void check_printable(const std::string& text, const std::string& what) {
  const std::string shown = printable(text);
  check(shown == text,
        "{} '{}': has control characters or bytes that are no UTF-8, written here as \\x and two "
        "digits; take them out",
        what, shown);
}

}  // namespace rankwise
