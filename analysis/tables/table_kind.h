/// Tables, looked up by name; each is one function that turns run files into rows.
///
/// One line at the end of a table's file registers it, with its options as a struct:
///
///     const RegisterTable grid_registration("grid", "one score over two axes", grid_table);
#pragma once

#include "analysis/output/table.h"
#include "analysis/runs/run_set.h"
#include "framework/core/kind.h"
#include "framework/core/registration.h"

#include <string>
#include <utility>
#include <vector>

namespace rankwise::analysis {

/// A registered table. `make` throws Error for an unknown option, or where nothing can be said.
using TableKind = Kind<Table, RunSet>;

Registry<TableKind>& tables();

/// Registers a table when a static object of this type is made.
struct RegisterTable {
  template <options::Visitable Options>
  RegisterTable(const std::string& name, std::string summary,
                Table (*make)(const RunSet&, const Options&)) {
    register_item(tables(), name, make_kind("table " + name, std::move(summary), make));
  }
};

/// The options with a label to compare with, where the table takes one and the options name none.
nlohmann::json with_reference(const TableKind& kind, nlohmann::json options,
                              const std::string& reference);

/// Takes the table's name from the front of `arguments`, where it stands before the paths; "scores"
/// where none does. A path of that name is written with its folder: ./scores.
std::string take_table_name(std::vector<std::string>& arguments);

}  // namespace rankwise::analysis
