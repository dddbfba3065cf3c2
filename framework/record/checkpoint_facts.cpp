#include "framework/record/checkpoint_facts.h"

#include "framework/core/error.h"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

namespace rankwise {
namespace {

constexpr const char* kFormat = "rankwise-checkpoint";
constexpr const char* kVersion = "1";

/// Calls visit(name, field) for each number.
template <class Visit>
void for_each_number(const Visit& visit) {
  visit("step", &CheckpointFacts::step);
  visit("last_evaluation", &CheckpointFacts::last_evaluation);
  visit("best_step", &CheckpointFacts::best_step);
  visit("best_score", &CheckpointFacts::best_score);
}

std::string text_of(const safetensors::Reader& reader, const char* name) {
  const auto found = reader.metadata().find(name);
  return found == reader.metadata().end() ? "" : found->second;
}

template <class Number>
Number number_of(const safetensors::Reader& reader, const char* name) {
  const std::string text = text_of(reader, name);
  const char* end = text.data() + text.size();
  Number number{};
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  check(error == std::errc() && rest == end, "{}: its {} is '{}', expected a number",
        reader.path().string(), name, text);
  return number;
}

}  // namespace

std::map<std::string, std::string> to_metadata(const CheckpointFacts& facts) {
  std::map<std::string, std::string> metadata{
      {"format", kFormat}, {"version", kVersion}, {"config_hash", facts.config_hash}};
  for_each_number(
      [&](const char* name, auto field) { metadata[name] = fmt::format("{}", facts.*field); });
  return metadata;
}

CheckpointFacts checkpoint_facts(const safetensors::Reader& reader) {
  const std::string file = reader.path().string();
  check(text_of(reader, "format") == kFormat, "{}: is no checkpoint that this program reads", file);
  const std::string version = text_of(reader, "version");
  check(version == kVersion, "{}: is a checkpoint of version {}, this program reads {}", file,
        version, kVersion);
  safetensors::check_seal(reader);
  CheckpointFacts facts{.config_hash = text_of(reader, "config_hash")};
  for_each_number([&](const char* name, auto field) {
    using Number = std::decay_t<decltype(facts.*field)>;
    facts.*field = number_of<Number>(reader, name);
  });
  check(facts.step >= 0, "{}: its step is {}", file, facts.step);
  return facts;
}

}  // namespace rankwise
