#include "experiments/program/analysis_arguments.h"

#include "framework/core/error.h"
#include "framework/core/text.h"

#include <fmt/format.h>

#include <cstdio>

namespace rankwise {

using namespace analysis;

void add_output_options(CLI::App& command, TableOutput& output) {
  command.add_option("--format", output.format, "md, latex, csv or html");
  command
      .add_option("--only-columns", output.columns,
                  "Columns to keep beside the first, with commas between them")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--out", output.out, "Write OUT.md, .csv, .tex and .html instead of printing");
}

void print_or_write(const Table& whole, const TableOutput& output) {
  const Table table = output.columns.empty() ? whole : with_columns(whole, output.columns);
  if (output.out.empty()) {
    fmt::print("{}", to_format(table, output.format));
    return;
  }
  for (const auto& path : write_table(table, output.out)) fmt::print("{}\n", path.string());
}

nlohmann::json set_options(const std::vector<std::string>& sets) {
  nlohmann::json options = nlohmann::json::object();
  for (const std::string& set : sets) {
    const auto equals = set.find('=');
    check(equals != std::string::npos && equals > 0, "--set {}: expected name=value", set);
    const std::string text = set.substr(equals + 1);
    const auto value = nlohmann::json::parse(text, nullptr, false);
    options[set.substr(0, equals)] = value.is_discarded() ? nlohmann::json(text) : value;
  }
  return options;
}

RunSet load_and_warn(const std::vector<std::string>& paths) {
  return load_and_warn(std::vector<std::filesystem::path>(paths.begin(), paths.end()));
}

RunSet load_and_warn(const std::vector<std::filesystem::path>& paths) {
  RunSet runs = load_runs(paths);
  for (const auto* lines : {&runs.warnings, &runs.skipped}) {
    for (const std::string& line : *lines) fmt::print(stderr, "{}\n", printable(line));
  }
  return runs;
}

}  // namespace rankwise
