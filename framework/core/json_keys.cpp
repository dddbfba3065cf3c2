#include "framework/core/json_keys.h"

#include <map>
#include <vector>

namespace rankwise {
namespace {

/// Walks over valid JSON; knows strings, comments, objects and arrays.
class KeyScanner {
 public:
  explicit KeyScanner(std::string_view text) : text_(text) {}

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

  /// The string that begins here is a key where a colon follows it.
  std::optional<DuplicateKey> take_string() {
    const int line = line_;
    std::string value;
    for (advance(); at_ < text_.size() && text_[at_] != '"'; advance()) {
      value += text_[at_];
      if (text_[at_] != '\\') continue;
      advance();
      value += text_[at_];
    }
    advance();
    while (at_ < text_.size() && (is_space(text_[at_]) || text_[at_] == '/')) {
      if (!skip_comment()) advance();
    }
    const bool key = at_ < text_.size() && text_[at_] == ':';
    if (!key || keys_.empty() || !keys_.back()) return std::nullopt;
    const auto [entry, fresh] = keys_.back()->emplace(value, line);
    if (fresh) return std::nullopt;
    return DuplicateKey{value, entry->second, line};
  }

  static bool is_space(char character) {
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::vector<std::optional<Lines>> keys_{};  // of each open object; none for an array
};

}  // namespace

std::optional<DuplicateKey> find_duplicate_key(std::string_view text) {
  return KeyScanner(text).scan();
}

}  // namespace rankwise
