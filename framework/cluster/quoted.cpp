#include "framework/cluster/quoted.h"

#include "framework/core/error.h"
#include "framework/core/text.h"

namespace rankwise {

std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += R"('\'')";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string shell_word(const std::string& text) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=:@%+,-";
  const bool plain = !text.empty() && text.find_first_not_of(kPlain) == std::string::npos;
  return plain ? text : shell_quoted(text);
}

std::string option_quoted(const std::filesystem::path& file) {
  check(!has_control(file.string()),
        "{}: Slurm's options take no names with line breaks or other control characters; give "
        "--results another folder",
        printable(file.string()));
  std::string quoted = "\"";
  for (const char c : file.string()) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '%') quoted += '%';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace rankwise
