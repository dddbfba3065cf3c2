#include "framework/core/json_file.h"

#include "framework/core/error.h"
#include "framework/core/json_keys.h"
#include "framework/core/readable_file.h"

#include <fstream>
#include <iterator>

namespace rankwise {

namespace {

// nlohmann's message carries "at line L, column C: reason" behind its own prefix.
std::string reason(const nlohmann::json::parse_error& error) {
  const std::string text = error.what();
  const auto at = text.find("at line");
  return at == std::string::npos ? text : text.substr(at);
}

// "[json.exception.out_of_range.406] number overflow parsing '1e999'" without its brackets.
std::string without_prefix(const std::string& text) {
  const auto end = text.find("] ");
  return end == std::string::npos ? text : text.substr(end + 2);
}

}  // namespace

void check_integers(const std::string& text, const std::string& place) {
  const auto found = find_long_integer(text);
  if (!found) return;
  fail("{}: {} in line {} is beyond the largest integer, {}; a real number has a point or an e",
       place, found->digits, found->line, INT64_MAX);
}

nlohmann::json parse_json(const std::string& text, const std::string& place) {
  const std::size_t depth = nesting_depth(text);
  check(depth <= kDeepestJson, "{}: is nested {} deep, expected at most {}", place, depth,
        kDeepestJson);
  try {
    nlohmann::json value = nlohmann::json::parse(text, nullptr, true, /*ignore_comments=*/true);
    if (const auto twice = find_duplicate_key(text)) {
      fail("{}: key '{}' stands twice in one object, in lines {} and {}; remove one of them", place,
           twice->key, twice->first_line, twice->second_line);
    }
    check_integers(text, place);
    return value;
  } catch (const nlohmann::json::parse_error& error) {
    fail("{}: is not valid JSON: {}", place, reason(error));
  } catch (const nlohmann::json::exception& error) {  // a number out of range
    fail("{}: is not valid JSON: {}", place, without_prefix(error.what()));
  }
}

nlohmann::json read_json(const std::filesystem::path& path) {
  check_regular_file(path);
  std::ifstream file(path);
  check(file.good(), "{}: cannot be read: permission is missing", path.string());
  return parse_json({std::istreambuf_iterator<char>(file), {}}, path.string());
}

std::string canonical(const nlohmann::json& value) { return value.dump(); }

}  // namespace rankwise
