#include <dlfcn.h>

#include "framework/adapter/variant.h"
#include "framework/train/study.h"

namespace rankwise {

void load_plugins(const std::vector<std::string>& libraries) {
  for (const std::string& library : libraries) {
    const std::size_t before = variants().names().size();
    // RTLD_GLOBAL is not needed: the registries live in librankwise, which is loaded once.
    void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
      const char* reason = dlerror();
      fail("plugin {} can not be loaded: {}", library, reason == nullptr ? "no reason given" : reason);
    }
    check(variants().names().size() > before,
          "plugin {} registers no variant; is it built against this librankwise?", library);
  }
}

}  // namespace rankwise
