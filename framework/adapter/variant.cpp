#include "framework/adapter/variant.h"

#include "framework/core/registration.h"

namespace rankwise {

Registry<Variant>& variants() {
  static Registry<Variant> registry("variant", "variants");
  return registry;
}

void register_variant(const std::string& name, Variant variant) noexcept {
  register_item(variants(), name, std::move(variant));
}

const Names<Reading>& readings() {
  static const Names<Reading> names{{Reading::kPaper, "paper"}, {Reading::kReleased, "released"}};
  return names;
}

Reading reading_of(const nlohmann::json& options) {
  const auto reading = options.find("reading");
  if (reading == options.end()) return Reading::kPaper;
  const Constraint rule = readings().rule();
  check(reading->is_string() && rule.holds(*reading), "reading: {} is not {}", reading->dump(),
        rule.expectation);
  return readings().value(reading->get<std::string>());
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

}  // namespace rankwise
