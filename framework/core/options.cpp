#include "framework/core/options.h"

#include "framework/core/largest_count.h"
#include "framework/core/nearest.h"
#include "framework/core/other_names.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>

namespace rankwise {

std::string OptionName::in(const nlohmann::json& object) const {
  if (object.contains(now)) return now;
  for (const auto* others : {&before, &elsewhere}) {
    for (const std::string& other : *others) {
      if (object.contains(other)) return other;
    }
  }
  return "";
}

namespace options {

namespace {

// "configs/x.json: runs[2].options" and "rank" are joined by a dot, "configs/x.json:" by a space.
bool ends_in_file(const std::string& path) { return !path.empty() && path.back() == ':'; }

std::string short_dump(const nlohmann::json& value) {
  constexpr std::size_t kLongest = 60;
  std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text.size() <= kLongest) return text;
  std::size_t end = kLongest;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // whole characters
  return text.substr(0, end) + "...";
}

// JSON reads an integer that 64 bits cannot hold as unsigned, or as a real number.
bool is_too_large(const nlohmann::json& value) {
  return value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX;
}

// Whether the value is what messages call so: the elements of options that are lists.
bool is_called(const nlohmann::json& value, const std::string& type) {
  if (type == "an integer") return value.is_number_integer() && !is_too_large(value);
  if (type == "a number") return value.is_number();
  if (type == "a string") return value.is_string();
  return type != "an object" || value.is_object();
}

[[noreturn]] void fail_key(const std::string& where, const std::string& key,
                           const std::set<std::string>& names) {
  const auto instead = instead_of(key);
  check(!instead, "{}there is no option '{}'; give {}", where, key, instead.value_or(""));
  check(!names.empty(), "{}unknown option '{}'; there are no options here", where, key);
  fail("{}unknown option '{}'{}; the options are {}", where, key,
       did_you_mean(key, {names.begin(), names.end()}), fmt::join(names, ", "));
}

}  // namespace

std::string join_path(const std::string& path, const std::string& key) {
  if (path.empty()) return key;
  return path + (ends_in_file(path) ? " " : ".") + key;
}

void check_keys(const std::string& path, const nlohmann::json& object,
                const std::vector<OptionName>& known) {
  const std::string where = path.empty() ? std::string() : path + (ends_in_file(path) ? " " : ": ");
  std::map<std::string, std::string> now_of;  // every name that is read
  std::set<std::string> names;
  for (const OptionName& option : known) {
    now_of[option.now] = option.now;
    for (const std::string& older : option.before) now_of[older] = option.now;
    for (const std::string& other : option.elsewhere) now_of[other] = option.now;
    names.insert(option.now);
  }
  std::map<std::string, std::string> given;
  for (const auto& [key, ignored] : object.items()) {
    const auto found = now_of.find(key);
    if (found == now_of.end()) fail_key(where, key, names);
    const auto [first, fresh] = given.emplace(found->second, key);
    check(fresh, "{}'{}' and '{}' are names of one option; give '{}' alone", where, first->second,
          key, found->second);
  }
}

void fail_type(const std::string& path, const nlohmann::json& value, const std::string& type) {
  constexpr std::string_view kList = "a list, each ";
  if (value.is_array() && type.starts_with(kList)) {
    const std::string each = type.substr(kList.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (!is_called(value[i], each)) fail_type(fmt::format("{}[{}]", path, i), value[i], each);
    }
  }
  check(!is_too_large(value), "{}: {} is beyond the largest integer, {}", path, short_dump(value),
        INT64_MAX);
  fail("{}: {} is not {}", path, short_dump(value), type);
}

void check_constraint(const std::string& path, const nlohmann::json& value,
                      const Constraint& rule) {
  if (value.is_null() || rule.holds(value)) return;
  const bool count = value.is_number_integer() && value.get<double>() > kLargestCount;
  check(!count || !rule.holds(kLargestCount), "{}: {} is beyond the largest count, {}", path,
        short_dump(value), kLargestCount);
  fail("{}: {} is not {}", path, short_dump(value), rule.expectation);
}

}  // namespace options
}  // namespace rankwise
