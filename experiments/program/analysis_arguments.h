/// Arguments that the commands on run files share.
#pragma once

#include "analysis/output/table.h"
#include "analysis/runs/run_set.h"
#include "framework/core/json.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

/// Where a table goes: to standard output in one format, or to files in all of them.
struct TableOutput {
  std::string format = "md";
  std::vector<std::string> columns;  // to keep beside the first; none: all
  std::string out;
};

/// --format, --only-columns and --out.
void add_output_options(CLI::App& command, TableOutput& output);

/// Prints the table, or writes its files and prints their paths.
void print_or_write(const analysis::Table& table, const TableOutput& output);

/// {"name": value} of each "name=value"; a value that is no JSON is a text. Throws Error where
/// there is no name.
nlohmann::json set_options(const std::vector<std::string>& sets);

/// load_runs(), with what it could not read or skipped on standard error.
analysis::RunSet load_and_warn(const std::vector<std::string>& paths);
analysis::RunSet load_and_warn(const std::vector<std::filesystem::path>& paths);

}  // namespace rankwise
