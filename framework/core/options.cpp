#include "framework/core/options.h"

#include <fmt/ranges.h>

namespace rankwise::options {

namespace {

// "configs/x.json: runs[2].options" and "rank" are joined by a dot, "configs/x.json:" by a space.
bool ends_in_file(const std::string& path) { return !path.empty() && path.back() == ':'; }

std::string short_dump(const nlohmann::json& value) {
  constexpr std::size_t kLongest = 60;
  std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text.size() > kLongest) text = text.substr(0, kLongest) + "...";
  return text;
}

}  // namespace

std::string join_path(const std::string& path, const std::string& key) {
  if (path.empty()) return key;
  return path + (ends_in_file(path) ? " " : ".") + key;
}

void fail_unknown_key(const std::string& path, const std::string& key,
                      const nlohmann::json& known) {
  std::vector<std::string> names;
  for (const auto& [name, ignored] : known.items()) names.push_back(name);
  const std::string where = path.empty() ? std::string() : path + (ends_in_file(path) ? " " : ": ");
  if (names.empty()) fail("{}unknown option '{}'; there are no options here", where, key);
  fail("{}unknown option '{}'; the options are {}", where, key, fmt::join(names, ", "));
}

void fail_type(const std::string& path, const nlohmann::json& value, const std::string& type) {
  fail("{}: {} is not {}", path, short_dump(value), type);
}

void check_rule(const std::string& path, const nlohmann::json& value, const Rule& rule) {
  if (value.is_null() || rule.holds(value)) return;
  fail("{}: {} is not {}", path, short_dump(value), rule.expectation);
}

}  // namespace rankwise::options
