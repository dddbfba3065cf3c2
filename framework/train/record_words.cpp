#include "framework/train/record_words.h"

#include "framework/core/json.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string_view>

namespace rankwise {

namespace {

using nlohmann::json;

struct Unit {
  std::string_view name;
  std::int64_t seconds;
};

constexpr std::array<Unit, 3> kUnits{{{"h", 3600}, {"min", 60}, {"s", 1}}};

// No run waits longer; it also keeps the product below 64 bits.
constexpr std::int64_t kMostSeconds = std::int64_t{365} * 24 * 3600;

struct Word {
  std::string_view name;
  KeptParameters kept;
};

constexpr std::array<Word, 4> kWords{{{"none", {false, false}},
                                      {"last", {true, false}},
                                      {"best", {false, true}},
                                      {"both", {true, true}}}};

// "10 min" -> 600; nothing for other texts.
std::optional<std::int64_t> seconds_of(std::string_view text) {
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc() || count <= 0 || count > kMostSeconds) return std::nullopt;
  std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  for (const Unit& known : kUnits) {
    if (unit == known.name && count <= kMostSeconds / known.seconds) return count * known.seconds;
  }
  return std::nullopt;
}

}  // namespace

std::string KeptParameters::spelling() { return "none, last, best or both (or true or false)"; }

std::optional<KeptParameters> KeptParameters::from_json(const json& value) {
  if (value.is_boolean()) return KeptParameters{value.get<bool>(), false};
  if (!value.is_string()) return std::nullopt;
  for (const Word& word : kWords) {
    if (value.get<std::string>() == word.name) return word.kept;
  }
  return std::nullopt;
}

json KeptParameters::to_json() const {
  return kWords[static_cast<std::size_t>(last ? 1 : 0) + (best ? 2 : 0)].name;
}

std::string CheckpointInterval::spelling() {
  return "a positive number of steps or a time such as \"30 s\", \"10 min\" or \"2 h\" (at most a "
         "year)";
}

std::optional<CheckpointInterval> CheckpointInterval::from_json(const json& value) {
  if (value.is_number_integer()) {
    const auto steps = value.get<std::int64_t>();
    if (steps > 0) return CheckpointInterval{steps, 0};
    return std::nullopt;
  }
  if (!value.is_string()) return std::nullopt;
  const auto seconds = seconds_of(value.get<std::string>());
  if (!seconds) return std::nullopt;
  return CheckpointInterval{0, *seconds};
}

json CheckpointInterval::to_json() const {
  if (steps > 0) return steps;
  const Unit& unit = seconds % 3600 == 0 ? kUnits[0] : seconds % 60 == 0 ? kUnits[1] : kUnits[2];
  return fmt::format("{} {}", seconds / unit.seconds, unit.name);
}

}  // namespace rankwise
