#include "framework/adapter/variant.h"

namespace rankwise {

Registry<Variant>& variants() {
  static Registry<Variant> registry("variant", "variants");
  return registry;
}

}  // namespace rankwise
