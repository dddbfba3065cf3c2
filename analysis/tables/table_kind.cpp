#include "analysis/tables/table_kind.h"

namespace rankwise::analysis {

Registry<TableKind>& tables() {
  static Registry<TableKind> registry("table", "tables");
  return registry;
}

std::string take_table_name(std::vector<std::string>& arguments) {
  if (arguments.empty() || !tables().contains(arguments.front())) return "scores";
  std::string name = arguments.front();
  arguments.erase(arguments.begin());
  return name;
}

}  // namespace rankwise::analysis
