#include "framework/core/text.h"

#include "framework/core/error.h"
#include "framework/core/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace rankwise {

namespace {

// Unicode 15's categories Cc, Cf, Zl and Zp. Of Cf without those that are written before numbers
// and verses in Arabic, Syriac and Kaithi, which show.
constexpr std::array<std::pair<char32_t, char32_t>, 15> kControls{{{0x00, 0x1F},
                                                                   {0x7F, 0x9F},
                                                                   {0xAD, 0xAD},
                                                                   {0x61C, 0x61C},
                                                                   {0x180E, 0x180E},
                                                                   {0x200B, 0x200F},
                                                                   {0x2028, 0x202E},
                                                                   {0x2060, 0x206F},
                                                                   {0xFEFF, 0xFEFF},
                                                                   {0xFFF9, 0xFFFB},
                                                                   {0x13430, 0x1343F},
                                                                   {0x1BCA0, 0x1BCA3},
                                                                   {0x1D173, 0x1D17A},
                                                                   {0xE0001, 0xE0001},
                                                                   {0xE0020, 0xE007F}}};

bool is_control(std::string_view character) {
  const char32_t code = utf8::code_point(character);
  return std::any_of(kControls.begin(), kControls.end(), [code](const auto& range) {
    return range.first <= code && code <= range.second;
  });
}

// Calls visit(bytes, whether they are a character) from front to back; stops where it says false.
template <class Visit>
void for_each_character(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const std::size_t length = utf8::first_character(text);
    if (!visit(text.substr(0, length == 0 ? 1 : length), length > 0)) return;
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

}  // namespace

std::string as_utf8(std::string_view text) {
  std::string kept;
  while (!text.empty()) {
    const std::size_t length = text.front() == '\0' ? 0 : utf8::first_character(text);
    kept += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  return kept;
}

bool is_utf8(std::string_view text) {
  bool whole = true;
  for_each_character(text, [&](std::string_view, bool valid) { return whole = valid; });
  return whole;
}

bool has_control(std::string_view text) {
  bool found = false;
  for_each_character(text, [&](std::string_view bytes, bool valid) {
    found = valid && is_control(bytes);
    return !found;
  });
  return found;
}

std::string printable(std::string_view text, std::string_view kept) {
  std::string shown;
  for_each_character(text, [&](std::string_view bytes, bool valid) {
    const bool stays = bytes.size() == 1 && kept.find(bytes.front()) != std::string_view::npos;
    if (stays || (valid && !is_control(bytes))) {
      shown += bytes;
    } else {
      for (const char byte : bytes) {
        shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
      }
    }
    return true;
  });
  return shown;
}

void check_printable(const std::string& text, const std::string& what) {
  const std::string shown = printable(text);
  check(
      shown == text,
      "{} '{}': has control characters, invisible ones or bytes that are no UTF-8, written here as "
      "\\x and two digits; take them out",
      what, shown);
}

}  // namespace rankwise
