#include "framework/texts/tokens_13a.h"

#include "framework/texts/characters.h"

#include <fmt/ranges.h>

#include <array>
#include <utility>

namespace rankwise {

namespace {

using Replacement = std::pair<std::string_view, std::string_view>;
constexpr std::array<Replacement, 7> kReplacements{{{"<skipped>", ""},
                                                    {"-\n", ""},
                                                    {"\n", " "},
                                                    {"&quot;", "\""},
                                                    {"&amp;", "&"},
                                                    {"&lt;", "<"},
                                                    {"&gt;", ">"}}};

void replace_all(std::string& text, const Replacement& replacement) {
  const auto& [from, to] = replacement;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
}

bool is_number(char one) { return one >= '0' && one <= '9'; }
bool is_stop(char one) { return one == '.' || one == ','; }

// ASCII punctuation and the space, but for ' , - and .
bool stands_apart(char one) {
  return (one >= '{' && one <= '~') || (one >= '[' && one <= '`') || (one >= ' ' && one <= '&') ||
         (one >= '(' && one <= '+') || (one >= ':' && one <= '@') || one == '/';
}

std::string set_apart(std::string_view text) {
  std::string apart;
  for (const char one : text) {
    if (stands_apart(one)) {
      apart += {' ', one, ' '};
    } else {
      apart += one;
    }
  }
  return apart;
}

// Writes pairs of neighbours that `fits` says yes to as `before` first, `between`, second, `after`;
// a pair ends where the next begins, as in a regular expression's substitution.
template <class Fits>
std::string space_pairs(std::string_view text, const Fits& fits,
                        const std::array<std::string_view, 3>& spaces) {
  std::string spaced;
  for (std::size_t at = 0; at < text.size();) {
    const bool pair = at + 1 < text.size() && fits(text[at], text[at + 1]);
    if (pair) {
      spaced += spaces[0];
      spaced += text[at];
      spaced += spaces[1];
      spaced += text[at + 1];
      spaced += spaces[2];
    } else {
      spaced += text[at];
    }
    at += pair ? 2 : 1;
  }
  return spaced;
}

}  // namespace

// A byte of a longer character is no digit, no stop and no dash: bytes do for characters.
std::string tokens_13a(std::string_view text) {
  std::string line(text);
  for (const Replacement& replacement : kReplacements) replace_all(line, replacement);
  line = set_apart(" " + line + " ");
  line =
      space_pairs(line, [](char a, char b) { return !is_number(a) && is_stop(b); }, {"", " ", " "});
  line =
      space_pairs(line, [](char a, char b) { return is_stop(a) && !is_number(b); }, {" ", " ", ""});
  line = space_pairs(line, [](char a, char b) { return is_number(a) && b == '-'; }, {"", " ", " "});
  return fmt::format("{}", fmt::join(split_at_space(line), " "));
}

}  // namespace rankwise
