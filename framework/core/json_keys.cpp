#include "framework/core/json_keys.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <system_error>
#include <vector>

namespace rankwise {
namespace {

/// Walks over JSON, and to the end of any other text; knows strings, comments, numbers, objects and
/// arrays.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<DuplicateKey> scan() {
    while (at_ < text_.size()) {
      if (skip_comment()) continue;
      const char character = text_[at_];
      if (character == '"') {
        if (auto duplicate = take_string()) return duplicate;
        continue;
      }
      if (character == '{') keys_.emplace_back(Lines{});
      if (character == '[') keys_.emplace_back(std::nullopt);
      if ((character == '}' || character == ']') && !keys_.empty()) keys_.pop_back();
      advance();
    }
    return std::nullopt;
  }

  std::optional<LongInteger> scan_numbers() {
    while (at_ < text_.size()) {
      if (skip_comment()) continue;
      if (text_[at_] == '"') {
        take_characters();
      } else if (is_digit(text_[at_]) || text_[at_] == '-') {
        if (auto found = take_number()) return found;
      } else {
        advance();
      }
    }
    return std::nullopt;
  }

  std::size_t scan_depth() {
    std::size_t open = 0, most = 0;
    while (at_ < text_.size()) {
      if (skip_comment()) continue;
      const char character = text_[at_];
      if (character == '"') {
        take_characters();
        continue;
      }
      if (character == '{' || character == '[') most = std::max(most, ++open);
      if ((character == '}' || character == ']') && open > 0) --open;
      advance();
    }
    return most;
  }

 private:
  using Lines = std::map<std::string, int>;  // of an object's keys

  void advance() { line_ += text_[at_++] == '\n' ? 1 : 0; }

  bool skip_comment() {
    const bool line = text_.substr(at_, 2) == "//";
    if (!line && text_.substr(at_, 2) != "/*") return false;
    const std::string_view end = line ? "\n" : "*/";
    const std::size_t stop = text_.find(end, at_ + 2);
    const std::size_t next = stop == std::string_view::npos ? text_.size() : stop + end.size();
    while (at_ < next) advance();
    return true;
  }

  /// The characters of the string that begins here, as they are written.
  std::string take_characters() {
    std::string characters;
    for (advance(); at_ < text_.size() && text_[at_] != '"'; advance()) {
      characters += text_[at_];
      if (text_[at_] != '\\' || at_ + 1 == text_.size()) continue;
      advance();
      characters += text_[at_];
    }
    if (at_ < text_.size()) advance();
    return characters;
  }

  /// The string that begins here is a key where a colon follows it.
  std::optional<DuplicateKey> take_string() {
    const int line = line_;
    const std::string value = take_characters();
    while (at_ < text_.size() && (is_space(text_[at_]) || text_[at_] == '/')) {
      if (!skip_comment()) advance();
    }
    const bool key = at_ < text_.size() && text_[at_] == ':';
    if (!key || keys_.empty() || !keys_.back()) return std::nullopt;
    const auto [entry, fresh] = keys_.back()->emplace(value, line);
    if (fresh) return std::nullopt;
    return DuplicateKey{value, entry->second, line};
  }

  /// The number that begins here, where it is an integer that is too long.
  std::optional<LongInteger> take_number() {
    const std::size_t length = text_.substr(at_).find_first_not_of("0123456789-+.eE");
    const std::string_view number = text_.substr(at_, length);
    at_ += number.size();
    const bool whole = number.find_first_of(".eE") == std::string_view::npos;
    if (!whole || fits<std::int64_t>(number) || fits<std::uint64_t>(number)) return std::nullopt;
    return LongInteger{std::string(number), line_};
  }

  template <class Integer>
  static bool fits(std::string_view digits) {
    Integer value = 0;
    return std::from_chars(digits.data(), digits.data() + digits.size(), value).ec == std::errc();
  }

  static bool is_digit(char character) { return character >= '0' && character <= '9'; }

  static bool is_space(char character) {
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::vector<std::optional<Lines>> keys_{};  // of each open object; none for an array
};

}  // namespace

std::size_t nesting_depth(std::string_view text) { return Scanner(text).scan_depth(); }

std::optional<LongInteger> find_long_integer(std::string_view text) {
  return Scanner(text).scan_numbers();
}

std::optional<DuplicateKey> find_duplicate_key(std::string_view text) {
  return Scanner(text).scan();
}

}  // namespace rankwise
