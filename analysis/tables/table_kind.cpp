#include "analysis/tables/table_kind.h"

#include <algorithm>

namespace rankwise::analysis {

Registry<TableKind>& tables() {
  static Registry<TableKind> registry("table", "tables");
  return registry;
}

nlohmann::json with_reference(const TableKind& kind, nlohmann::json options,
                              const std::string& reference) {
  const bool compares = std::any_of(kind.options.begin(), kind.options.end(),
                                    [](const OptionInfo& o) { return o.name == "reference"; });
  if (compares && !reference.empty() && !options.contains("reference")) {
    options["reference"] = reference;
  }
  return options;
}

std::string take_table_name(std::vector<std::string>& arguments) {
  if (arguments.empty() || !tables().contains(arguments.front())) return "scores";
  std::string name = arguments.front();
  arguments.erase(arguments.begin());
  return name;
}

}  // namespace rankwise::analysis
