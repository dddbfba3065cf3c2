#include "framework/core/json_file.h"

#include "framework/core/error.h"
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

}  // namespace

nlohmann::json read_json(const std::filesystem::path& path) {
  check_regular_file(path);
  std::ifstream file(path);
  check(file.good(), "{}: can not be read: permission is missing", path.string());
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  try {
    return nlohmann::json::parse(text, nullptr, true, /*ignore_comments=*/true);
  } catch (const nlohmann::json::parse_error& error) {
    fail("{}: is not valid JSON: {}", path.string(), reason(error));
  }
}

std::string canonical(const nlohmann::json& value) { return value.dump(); }

}  // namespace rankwise
