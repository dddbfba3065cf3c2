#include "framework/core/switches.h"

#include "framework/core/registration.h"

#include <cstdlib>
#include <sstream>

namespace rankwise {

namespace {

constexpr const char* kVariable = "RANKWISE_WITHOUT";

}  // namespace

Switch::Switch(const char* name, const char* help) noexcept : help_(help) {
  register_item(switches(), name, this);
}

Registry<Switch*>& switches() {
  static Registry<Switch*> registry("switch", "switches");
  return registry;
}

void read_switches() {
  const char* text = std::getenv(kVariable);
  if (text == nullptr) return;
  std::istringstream names(text);
  for (std::string name; std::getline(names, name, ',');) {
    if (name.empty()) continue;
    try {
      switches().find(name)->set(false);
    } catch (const Error& error) {
      fail("{}: {}", kVariable, error.what());
    }
  }
}

std::vector<std::string> switched_off() {
  std::vector<std::string> off;
  for (const std::string& name : switches().names()) {
    if (!*switches().find(name)) off.push_back(name);
  }
  return off;
}

}  // namespace rankwise
