#include "framework/adapter/variant.h"

namespace rankwise {

Registry<Variant>& variants() {
  static Registry<Variant> registry("variant", "variants");
  return registry;
}

void check_together(const std::string& path, const std::function<void()>& make) {
  try {
    make();
  } catch (const Error& error) {
    fail("{}.{}", path, error.what());
  }
}

}  // namespace rankwise
