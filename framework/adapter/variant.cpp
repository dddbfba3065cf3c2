#include "framework/adapter/variant.h"

namespace rankwise {

Registry<Variant>& variants() {
  static Registry<Variant> registry("variant", "variants");
  return registry;
}

namespace {

std::string& registration_failure() {
  static std::string message;
  return message;
}

}  // namespace

void register_variant(const std::string& name, Variant variant) noexcept {
  try {
    variants().add(name, std::move(variant));
  } catch (const Error& error) {
    registration_failure() = error.what();
  }
}

void check_registrations() {
  const std::string message = std::exchange(registration_failure(), "");
  if (!message.empty()) fail("{}", message);
}

std::map<std::string, std::string> differing_defaults(const std::vector<OptionInfo>& paper,
                                                      const std::vector<OptionInfo>& released) {
  std::map<std::string, std::string> differing;
  for (std::size_t i = 0; i < paper.size(); ++i) {
    if (paper[i].default_value != released[i].default_value) {
      differing[released[i].name] = released[i].default_value;
    }
  }
  return differing;
}

void check_together(const std::string& path, const std::function<void()>& make) {
  try {
    make();
  } catch (const Error& error) {
    fail("{}.{}", path, error.what());
  }
}

}  // namespace rankwise
