#include "framework/core/glob.h"

#include <fnmatch.h>

#include <string>

namespace rankwise {

bool matches(std::string_view pattern, std::string_view name) {
  std::string escaped;
  for (const char c : pattern) {
    if (c == '[' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return fnmatch(escaped.c_str(), std::string(name).c_str(), 0) == 0;
}

}  // namespace rankwise
