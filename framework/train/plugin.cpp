#include "framework/adapter/variant.h"
#include "framework/train/study.h"

#include <dlfcn.h>

#include <filesystem>
#include <set>

namespace rankwise {

namespace {

void load_plugin(const std::string& library) {
  const std::size_t before = variants().names().size();
  // RTLD_GLOBAL is not needed: the registries live in librankwise, which is loaded once.
  if (dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
    const char* reason = dlerror();
    fail("can not be loaded: {}", reason == nullptr ? "no reason given" : reason);
  }
  check_registrations();
  check(variants().names().size() > before,
        "registers no variant; is it built against this librankwise?");
}

}  // namespace

void load_plugins(const std::vector<std::string>& libraries) {
  std::set<std::filesystem::path> loaded;
  for (const std::string& library : libraries) {
    if (!loaded.insert(std::filesystem::weakly_canonical(library)).second) continue;
    try {
      load_plugin(library);
    } catch (const Error& error) {
      fail("plugin {}: {}", library, error.what());
    }
  }
}

}  // namespace rankwise
