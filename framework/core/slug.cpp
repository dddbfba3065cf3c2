#include "framework/core/slug.h"

#include "framework/core/hash.h"

#include <cctype>

namespace rankwise {
namespace {

constexpr std::size_t kLongest = 80;
constexpr std::size_t kHashDigits = 8;

}  // namespace

std::string slug(const std::string& text) {
  std::string readable;
  bool faithful = true;
  for (const char character : text) {
    const auto letter = static_cast<unsigned char>(character);
    faithful = faithful && letter < 0x80;
    if (letter < 0x80 && (std::isalnum(letter) != 0 || character == '.' || character == '_')) {
      readable += static_cast<char>(std::tolower(letter));
    } else if (!readable.empty() && readable.back() != '-') {
      readable += '-';
    }
  }
  if (faithful && !readable.empty() && readable.size() <= kLongest) return readable;
  readable.resize(std::min(readable.size(), kLongest - kHashDigits - 1));
  if (!readable.empty() && readable.back() != '-') readable += '-';
  return readable + sha256(text).substr(0, kHashDigits);
}

}  // namespace rankwise
