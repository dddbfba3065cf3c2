#include "framework/texts/option_letter.h"

#include "framework/texts/characters.h"

#include <algorithm>
#include <array>

namespace rankwise {

namespace {

constexpr std::array<std::string_view, 3> kLeads{"answer", "option", "choice"};
constexpr std::array<std::string_view, 7> kFillers{"is",     "the",    "correct", "option",
                                                   "choice", "answer", "letter"};

template <std::size_t n>
bool is_one_of(const std::array<std::string_view, n>& known, std::string_view word) {
  return std::find(known.begin(), known.end(), lower(word)) != known.end();
}

bool is_option(std::string_view word, std::string_view options) {
  return word.size() == 1 && options.find(word) != std::string_view::npos;
}

// Between "answer" and its letter only fillers stand.
std::string behind_lead(const std::vector<std::string_view>& words, std::string_view options) {
  for (std::size_t lead = 0; lead < words.size(); ++lead) {
    if (!is_one_of(kLeads, words[lead])) continue;
    std::size_t next = lead + 1;
    while (next < words.size() && is_one_of(kFillers, words[next])) ++next;
    if (next < words.size() && is_option(words[next], options)) return std::string(words[next]);
  }
  return "";
}

}  // namespace

std::string option_letter(std::string_view text, std::string_view options) {
  std::vector<std::string_view> words = words_of(text);
  std::string found = behind_lead(words, options);
  if (!found.empty()) return found;
  std::erase_if(words, [&](std::string_view word) { return !is_option(word, options); });
  const auto behind = [&](std::string_view word) {
    return text.substr(static_cast<std::size_t>(word.data() - text.data()) + word.size());
  };
  for (const std::string_view word : words) {
    const std::string_view before = text.substr(0, text.size() - behind(word).size() - 1);
    if (before.ends_with('(') && behind(word).starts_with(')')) return std::string(word);
  }
  for (const std::string_view word : words) {
    const std::string_view rest = behind(word);
    const bool before_small = rest.size() > 1 && rest[0] == ' ' && rest[1] >= 'a' && rest[1] <= 'z';
    if (word != "A" || !before_small) return std::string(word);
  }
  return "";
}

}  // namespace rankwise
