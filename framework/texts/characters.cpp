#include "framework/texts/characters.h"

#include "framework/core/utf8.h"
#include "framework/texts/unicode_tables.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace rankwise {

namespace {

bool is_ascii_letter(char32_t code) { return (code | 0x20) >= U'a' && (code | 0x20) <= U'z'; }

bool is_space(char32_t code) {
  return (code >= 0x09 && code <= 0x0D) || (code >= 0x1C && code <= 0x20) || code == 0x85 ||
         code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 ||
         code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

char32_t lower_of(char32_t code) {
  if (code < 0x80) return code >= U'A' && code <= U'Z' ? code + 0x20 : code;
  const auto& table = unicode::kLower;
  const auto number = static_cast<std::int32_t>(code);
  for (std::size_t run = 0; run < table.size() && table[run] <= number; run += 4) {
    const bool inside = number <= table[run + 1] && (number - table[run]) % table[run + 2] == 0;
    if (inside) return static_cast<char32_t>(number + table[run + 3]);
  }
  return code;
}

void append_utf8(char32_t code, std::string& text) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

// Bytes of the white space that `text` begins with, or of what is none.
std::size_t run_bytes(std::string_view text, bool of_space) {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const Character next = first_character(text.substr(bytes));
    if (is_space(next.code) != of_space) break;
    bytes += next.bytes;
  }
  return bytes;
}

}  // namespace

Character first_character(std::string_view text) {
  const std::size_t bytes = utf8::first_character(text);
  if (bytes == 0) return {0xFFFD, 1};
  return {utf8::code_point(text.substr(0, bytes)), bytes};
}

Character last_character(std::string_view text) {
  for (std::size_t bytes = 1; bytes <= std::min<std::size_t>(4, text.size()); ++bytes) {
    const std::string_view end = text.substr(text.size() - bytes);
    if (utf8::first_character(end) == bytes) return first_character(end);
  }
  return {0xFFFD, 1};
}

bool is_alphanumeric(char32_t code) {
  if (code < 0x80) return is_ascii_letter(code) || (code >= U'0' && code <= U'9');
  // An odd number of ends below: inside a run, or at its first.
  const auto& table = unicode::kNotAlphanumeric;
  const auto above = std::upper_bound(table.begin(), table.end(), code);
  const auto below = above - table.begin();
  const bool is_last = above != table.begin() && *std::prev(above) == code;
  return below % 2 == 0 && !is_last;
}

std::size_t alphanumeric_bytes(std::string_view text) {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    const Character next = first_character(text.substr(bytes));
    if (!is_alphanumeric(next.code)) break;
    bytes += next.bytes;
  }
  return bytes;
}

std::string lower(std::string_view text) {
  constexpr char32_t kDottedI = 0x130;
  std::string small;
  small.reserve(text.size());
  while (!text.empty()) {
    const Character next = first_character(text);
    const char32_t code = lower_of(next.code);
    if (next.code == kDottedI) {
      small += "i\u0307";  // the one capital that becomes two
    } else if (code == next.code) {
      small += text.substr(0, next.bytes);
    } else {
      append_utf8(code, small);
    }
    text.remove_prefix(next.bytes);
  }
  return small;
}

std::string_view stripped(std::string_view text) {
  text.remove_prefix(run_bytes(text, true));
  while (!text.empty()) {
    const Character last = last_character(text);
    if (!is_space(last.code)) break;
    text.remove_suffix(last.bytes);
  }
  return text;
}

std::vector<std::string_view> split_at_space(std::string_view text) {
  std::vector<std::string_view> parts;
  for (text.remove_prefix(run_bytes(text, true)); !text.empty();
       text.remove_prefix(run_bytes(text, true))) {
    parts.push_back(text.substr(0, run_bytes(text, false)));
    text.remove_prefix(parts.back().size());
  }
  return parts;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + alphanumeric_bytes(text.substr(at));
    if (end == at) {
      at += first_character(text.substr(at)).bytes;
      continue;
    }
    while (end < text.size() && text[end] == '\'') {
      const std::size_t more = alphanumeric_bytes(text.substr(end + 1));
      if (more == 0) break;
      end += 1 + more;
    }
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

}  // namespace rankwise
