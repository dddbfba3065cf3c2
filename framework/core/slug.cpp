#include "framework/core/slug.h"

#include "framework/core/hash.h"

#include <algorithm>
#include <string_view>

namespace rankwise {
namespace {

constexpr std::size_t kHashDigits = 8;

// Of ASCII, whatever the locale.
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_word(char c) { return (c >= 'a' && c <= 'z') || is_capital(c) || (c >= '0' && c <= '9'); }
bool is_printable(char c) { return c >= ' ' && c <= '~'; }

/// Words and the characters of `kept`; `joint` once for all that is between them.
std::string readable(const std::string& text, std::string_view kept, char joint) {
  std::string name;
  for (const char c : text) {
    if (is_word(c) || kept.find(c) != std::string_view::npos) {
      name += c;
    } else if (!name.empty() && name.back() != joint) {
      name += joint;
    }
  }
  return name;
}

/// Whether the name says what the text says, and can be seen and stored.
bool is_faithful(const std::string& name, const std::string& text) {
  return std::all_of(text.begin(), text.end(), is_printable) &&
         std::any_of(name.begin(), name.end(), is_word) && name.front() != '.' &&
         name.size() <= kLongestSlug;
}

/// From its first to its last letter or digit.
std::string trimmed(const std::string& name) {
  const auto first = std::find_if(name.begin(), name.end(), is_word);
  const auto last = std::find_if(name.rbegin(), name.rend(), is_word).base();
  return first < last ? std::string(first, last) : "";
}

std::string with_hash(const std::string& name, const std::string& text) {
  const std::string begin = trimmed(name.substr(0, kLongestSlug - kHashDigits - 1));
  const std::string hash = sha256(text).substr(0, kHashDigits);
  return begin.empty() ? hash : begin + "-" + hash;
}

}  // namespace

std::string slug(const std::string& text) {
  std::string name = readable(text, "._", '-');
  for (char& c : name) {
    if (is_capital(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  return is_faithful(name, text) ? name : with_hash(name, text);
}

std::string figure_slug(const std::string& text) {
  std::string name = readable(text, "-.", '_');
  while (!name.empty() && name.back() == '_') name.pop_back();
  return is_faithful(name, text) ? name : with_hash(name, text);
}

}  // namespace rankwise
