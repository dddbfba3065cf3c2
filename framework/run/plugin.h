/// Shared libraries that register variants.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

/// The library a variant came from.
struct Plugin {
  std::filesystem::path path;
  std::string sha256;  // of its bytes: they enter the identity of the variant's runs
};

/// Loads shared libraries that register variants; one that is loaded is not loaded again. Throws
/// Error where one is missing, does not fit this program, or registers nothing.
void load_plugins(const std::vector<std::string>& libraries);

/// Null for a variant of the program itself.
const Plugin* plugin_of(const std::string& variant);

}  // namespace rankwise
