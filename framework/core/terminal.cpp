#include "framework/core/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

namespace rankwise {
namespace {

constexpr std::size_t kUsualWidth = 80;

std::size_t number_of(const char* text) {
  if (text == nullptr) return 0;
  const std::string_view digits = text;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

bool continues_character(char byte) { return (byte & 0xC0) == 0x80; }

/// A word's pieces, each ended by what it may be cut behind.
std::vector<std::string_view> pieces_of(std::string_view word) {
  std::vector<std::string_view> pieces;
  while (!word.empty()) {
    const std::size_t cut = word.find_first_of("_/-");
    const std::size_t length = cut == std::string_view::npos ? word.size() : cut + 1;
    pieces.push_back(word.substr(0, length));
    word.remove_prefix(length);
  }
  return pieces;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// Bytes of the first `count` characters.
std::size_t bytes_of(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size() && count > 0) {
    for (++at; at < text.size() && continues_character(text[at]);) ++at;
    --count;
  }
  return at;
}

/// Fills lines piece by piece.
class Lines {
 public:
  explicit Lines(std::size_t width) : width_(std::max<std::size_t>(width, 1)) {}

  void add(std::string_view word) {
    if (display_width(word) <= width_) return add_whole(word, /*space=*/!line_.empty());
    bool space = !line_.empty();
    for (const std::string_view piece : pieces_of(word)) {
      add_whole(piece, space);
      space = false;
    }
  }

  std::vector<std::string> take() {
    if (!line_.empty() || lines_.empty()) end_line();
    return std::move(lines_);
  }

 private:
  void add_whole(std::string_view piece, bool space) {
    const std::size_t needed = display_width(piece) + (space ? 1 : 0);
    if (display_width(line_) + needed > width_ && !line_.empty()) {
      end_line();
      space = false;
    }
    if (space) line_ += ' ';
    for (; display_width(piece) > width_; end_line()) {
      const std::size_t bytes = bytes_of(piece, width_);
      line_ += piece.substr(0, bytes);
      piece.remove_prefix(bytes);
    }
    line_ += piece;
  }
  void end_line() { lines_.push_back(std::exchange(line_, "")); }

  std::size_t width_;
  std::string line_{};
  std::vector<std::string> lines_{};
};

}  // namespace

bool is_terminal(int descriptor) { return isatty(descriptor) == 1; }

std::size_t terminal_width(int descriptor) {
  if (const std::size_t columns = number_of(std::getenv("COLUMNS")); columns > 0) return columns;
  winsize size{};
  const bool known = ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : kUsualWidth;
}

bool shows_colours(int descriptor) {
  const char* without = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  const bool refused = without != nullptr && *without != '\0';
  return is_terminal(descriptor) && !refused && kind != nullptr && std::string_view(kind) != "dumb";
}

std::size_t display_width(std::string_view text) {
  return text.size() -
         static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_character));
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  Lines lines(width);
  for (const std::string_view word : words_of(text)) lines.add(word);
  return lines.take();
}

std::string hanging(std::string_view prefix, std::string_view text, std::size_t width) {
  constexpr std::size_t kBelow = 4;
  const std::size_t indent = display_width(prefix);
  if (indent > kBelow && 2 * indent > width) {
    return std::string(prefix) + "\n" + hanging(std::string(kBelow, ' '), text, width);
  }
  std::string joined;
  for (const std::string& line : wrapped(text, width > indent ? width - indent : 1)) {
    joined += joined.empty() ? std::string(prefix) : std::string(indent, ' ');
    joined += line + "\n";
  }
  return joined;
}

std::size_t longest_piece(std::string_view text) {
  std::size_t longest = 0;
  for (const std::string_view word : words_of(text)) {
    for (const std::string_view piece : pieces_of(word)) {
      longest = std::max(longest, display_width(piece));
    }
  }
  return longest;
}

}  // namespace rankwise
