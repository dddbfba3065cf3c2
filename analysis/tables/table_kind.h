/// Tables, looked up by name; each is one function that turns run files into rows.
#pragma once

#include "analysis/output/table.h"
#include "analysis/runs/run_set.h"
#include "framework/core/json.h"
#include "framework/core/options.h"
#include "framework/core/registry.h"

#include <functional>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// A registered table. `make` throws Error for an unknown option, or where nothing can be said.
struct TableKind {
  std::string summary;
  std::vector<OptionInfo> options;
  std::function<Table(const RunSet&, const nlohmann::json& options)> make;
};

/// ablation, aggregate, grid, mean_rank, measures, merging, scores.
Registry<TableKind>& tables();

/// A kind whose options are a struct with a `visit`: all that a new table needs beside its
/// function.
template <options::Visitable Options>
TableKind table_kind(std::string summary, Table (*make)(const RunSet&, const Options&)) {
  return {std::move(summary), describe_options<Options>(),
          [make](const RunSet& runs, const nlohmann::json& options) {
            return make(runs, parse_options<Options>(options, "table"));
          }};
}

/// Takes the table's name from the front of `arguments`, where it stands before the paths; "scores"
/// where none does. A path of that name is written with its folder: ./scores.
std::string take_table_name(std::vector<std::string>& arguments);

}  // namespace rankwise::analysis
