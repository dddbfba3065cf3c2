#include "framework/texts/answer_rules.h"

#include "framework/texts/characters.h"
#include "framework/texts/numbers.h"
#include "framework/texts/option_letter.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <utility>

namespace rankwise {

namespace {

using Labels = std::vector<std::string>;

bool is_ascii_punctuation(char one) {
  constexpr std::string_view kPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
  return kPunctuation.find(one) != std::string_view::npos;
}

// Small letters without ASCII punctuation and articles (Rajpurkar et al. 2016).
std::string squad_text(std::string_view text) {
  std::string small = lower(text);
  std::erase_if(small, is_ascii_punctuation);
  std::string kept;
  for (std::string_view rest = small; !rest.empty();) {
    const std::size_t letters = alphanumeric_bytes(rest);
    const std::size_t bytes = letters > 0 ? letters : first_character(rest).bytes;
    const std::string_view part = rest.substr(0, bytes);
    kept += part == "a" || part == "an" || part == "the" ? " " : part;
    rest.remove_prefix(bytes);
  }
  return plain_text(kept);
}

// The first line that is not blank.
std::string first_line_of(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line = plain_text(text.substr(0, end));
    if (!line.empty()) return line;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return "";
}

std::string last_number(std::string_view text) {
  const std::vector<std::string> numbers = numbers_in(text);
  return numbers.empty() ? "" : numbers.back();
}

// The first number behind the first ####; without one there the last of all.
std::string marked_number(std::string_view text) {
  constexpr std::string_view kMark = "####";
  const std::size_t mark = text.find(kMark);
  if (mark == std::string_view::npos) return last_number(text);
  const std::vector<std::string> behind = numbers_in(text.substr(mark + kMark.size()));
  return behind.empty() ? last_number(text) : behind.front();
}

std::string first_digit(std::string_view text) {
  for (const std::string_view word : words_of(text)) {
    if (word.size() == 1 && word[0] >= '0' && word[0] <= '3') return std::string(word);
  }
  return "";
}

// Where `label` stands alone in `text`, both in small letters; npos: nowhere.
std::size_t place_of(std::string_view label, std::string_view text) {
  for (std::size_t at = text.find(label); at != std::string_view::npos;
       at = text.find(label, at + 1)) {
    const std::string_view before = text.substr(0, at);
    const bool follows = !before.empty() && is_alphanumeric(last_character(before).code);
    if (!follows && alphanumeric_bytes(text.substr(at + label.size())) == 0) return at;
  }
  return std::string_view::npos;
}

// The label that stands first, whatever the case; of two at one place the longer, then the first in
// the alphabet.
std::string first_label(std::string_view text, const Labels& labels) {
  constexpr std::size_t kNowhere = std::string::npos;
  const std::string small = lower(text);
  std::tuple<std::size_t, std::size_t, std::string> first{kNowhere, 0, ""};
  for (const std::string& label : labels) {
    const std::size_t at = place_of(lower(label), small);
    if (at != kNowhere) first = std::min(first, {at, kNowhere - label.size(), label});
  }
  return std::get<std::string>(first);
}

// What stands in the first fence of backticks; nothing where none opens.
std::optional<std::string> fenced_text(std::string_view text) {
  constexpr auto kNowhere = std::string_view::npos;
  const std::size_t fence = text.find("```");
  const std::size_t line_end = fence == kNowhere ? kNowhere : text.find('\n', fence);
  if (line_end == kNowhere) return std::nullopt;
  const std::string_view inside = text.substr(line_end + 1);
  return std::string(inside.substr(0, inside.find("\n```")));
}

std::string fenced_code(std::string_view text) {
  return fenced_text(text).value_or(std::string(text));
}

// What stands in the first fence, else the text up to what begins another statement.
std::string program_text(std::string_view text) {
  constexpr std::array<std::string_view, 8> kEnds{"\nclass ", "\ndef ", "\n#", "\nif ",
                                                  "\nprint(", "\n```",  "\n@", "\nassert "};
  if (auto inside = fenced_text(text)) return *std::move(inside);
  std::size_t first = std::string_view::npos;
  for (const std::string_view end : kEnds) first = std::min(first, text.find(end));
  return std::string(text.substr(0, first));
}

std::string number_or_zero(std::string_view text) {
  return python_number(decimal(text).value_or(0));
}

Registry<AnswerRule> built_in_rules() {
  Registry<AnswerRule> rules("answer rule", "answer rules");
  const auto add_rule = [&](const char* name, const char* summary,
                            std::string (*read)(std::string_view), bool may_be_empty) {
    const auto without_labels = [read](std::string_view text, const Labels&) { return read(text); };
    rules.add(name, {summary, without_labels, may_be_empty});
  };
  add_rule("plain", "the text, white space made plain", plain_text, true);
  add_rule("squad", "small letters without ASCII punctuation and articles, as SQuAD normalises",
           squad_text, true);
  add_rule("first_line", "the first line that is not blank", first_line_of, true);
  add_rule("code", "the first fenced block, else the text up to another statement", program_text,
           true);
  add_rule("fenced_code", "the first fenced block, else the text as it is", fenced_code, true);
  add_rule("last_number", "the last number, plainly written", last_number, false);
  add_rule("marked_number", "the first number behind ####, else the last of all: GSM8K's",
           marked_number, false);
  add_rule(
      "first_option", "the letter A to D that the text chooses",
      [](std::string_view text) { return option_letter(text); }, false);
  add_rule("first_digit", "the first of 0 to 3 that stands alone", first_digit, false);
  add_rule("number_or_zero", "the text as a decimal, else 0.0: MoRE's reading of STS-B",
           number_or_zero, false);
  rules.add("first_label",
            {"the label that stands first, whatever the case; of two at one place the longer",
             first_label, false});
  return rules;
}

}  // namespace

std::string plain_text(std::string_view text) {
  return fmt::format("{}", fmt::join(split_at_space(text), " "));
}

Registry<AnswerRule>& answer_rules() {
  static Registry<AnswerRule> registry = built_in_rules();
  return registry;
}

}  // namespace rankwise
