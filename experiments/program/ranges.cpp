#include "experiments/program/ranges.h"

#include <fmt/format.h>

#include <charconv>
#include <string>

namespace rankwise {

CLI::Validator whole_number(std::int64_t low, std::int64_t high) {
  const std::string range = fmt::format("a whole number from {} to {}", low, high);
  return CLI::Validator(
      [low, high, range](const std::string& text) {
        std::int64_t value = 0;
        const char* end = text.data() + text.size();
        const auto [rest, error] = std::from_chars(text.data(), end, value);
        const bool fits = error == std::errc() && rest == end && value >= low && value <= high;
        return fits ? std::string() : fmt::format("{} is not {}", text, range);
      },
      "");
}

}  // namespace rankwise
