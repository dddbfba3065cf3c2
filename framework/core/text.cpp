#include "framework/core/text.h"

#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace rankwise {

namespace {

unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

// The second byte's range depends on the first where longer forms, surrogates or values beyond
// U+10FFFF would be possible.
bool second_fits(unsigned char lead, unsigned char second) {
  if (lead == 0xE0) return second >= 0xA0;
  if (lead == 0xED) return second < 0xA0;
  if (lead == 0xF0) return second >= 0x90;
  if (lead == 0xF4) return second < 0x90;
  return true;
}

std::size_t length_of(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

// Bytes of the character that `text` begins with; 0 where it begins with none.
std::size_t first_character(std::string_view text) {
  const std::size_t length = length_of(byte_at(text, 0));
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, i) & 0xC0) != 0x80) return 0;
  }
  return length == 1 || second_fits(byte_at(text, 0), byte_at(text, 1)) ? length : 0;
}

char32_t code_point(std::string_view character) {
  constexpr std::array<unsigned char, 5> kLeadBits{0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t code = byte_at(character, 0) & kLeadBits.at(character.size());
  for (std::size_t i = 1; i < character.size(); ++i)
    code = code << 6 | (byte_at(character, i) & 0x3F);
  return code;
}

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
  const char32_t code = code_point(character);
  return std::any_of(kControls.begin(), kControls.end(), [code](const auto& range) {
    return range.first <= code && code <= range.second;
  });
}

// Calls visit(bytes, whether they are a character) from front to back; stops where it says false.
template <class Visit>
void for_each_character(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const std::size_t length = first_character(text);
    if (!visit(text.substr(0, length == 0 ? 1 : length), length > 0)) return;
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

}  // namespace

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
