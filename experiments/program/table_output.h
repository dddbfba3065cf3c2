/// Where a command's table goes: to standard output in one format, or to files in all of them.
#pragma once

#include "analysis/run_set.h"
#include "analysis/table.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace rankwise {

struct TableOutput {
  std::string format = "md";
  std::string out;
};

/// --format and --out.
void add_output_options(CLI::App& command, TableOutput& output);

void deliver(const Table& table, const TableOutput& output);

/// load_runs(), with its warnings on standard error.
RunSet load_and_warn(const std::vector<std::string>& paths);

}  // namespace rankwise
