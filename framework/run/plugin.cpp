#include "framework/run/plugin.h"

#include "framework/adapter/variant.h"
#include "framework/core/hash.h"

#include <dlfcn.h>

#include <algorithm>
#include <map>
#include <set>

namespace rankwise {

namespace {

namespace fs = std::filesystem;

// By variant. Like the registries it lives as long as the program.
std::map<std::string, Plugin>& plugins() {
  static std::map<std::string, Plugin> by_variant;
  return by_variant;
}

void load_plugin(const fs::path& library) {
  const std::vector<std::string> before = variants().names();
  const std::string sha256 = fs::exists(library) ? sha256_file(library) : std::string();
  // RTLD_GLOBAL is not needed: the registries live in librankwise, which is loaded once.
  if (dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
    const char* reason = dlerror();
    fail("cannot be loaded: {}", reason == nullptr ? "no reason given" : reason);
  }
  check_registrations();
  for (const std::string& name : variants().names()) {
    if (std::find(before.begin(), before.end(), name) == before.end()) {
      plugins()[name] = {library, sha256};
    }
  }
  check(variants().names().size() > before.size(),
        "registers no variant; is it built against this librankwise?");
}

// A name without a folder is a file here, not one of the system's libraries.
fs::path located(const std::string& library) {
  return fs::exists(library) ? fs::weakly_canonical(library) : fs::path(library);
}

}  // namespace

void load_plugins(const std::vector<std::string>& libraries) {
  std::set<fs::path> loaded;
  for (const auto& [variant, plugin] : plugins()) loaded.insert(plugin.path);
  for (const std::string& library : libraries) {
    const fs::path path = located(library);
    if (!loaded.insert(path).second) continue;
    try {
      load_plugin(path);
    } catch (const Error& error) {
      fail("plugin {}: {}", library, error.what());
    }
  }
}

const Plugin* plugin_of(const std::string& variant) {
  const auto found = plugins().find(variant);
  return found == plugins().end() ? nullptr : &found->second;
}

}  // namespace rankwise
