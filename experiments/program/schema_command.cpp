// schema: what the program's files hold, for people who read them and editors that write them.

#include "experiments/program/commands.h"
#include "experiments/program/study_schema.h"
#include "framework/core/error.h"
#include "framework/core/nearest.h"
#include "framework/record/schema.h"
#include "framework/run/plugin.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

namespace rankwise {

namespace {

void print_schema(const std::string& of) {
  const std::vector<std::string> known{"run_file", "study"};
  const auto meant = same_name(of, known);
  if (!meant) fail_unknown("schema", "schemas", of, known);
  fmt::print("{}", *meant == "run_file" ? schema::markdown() : study_schema().dump(1) + "\n");
}

}  // namespace

void add_schema_command(CLI::App& program) {
  auto of = std::make_shared<std::string>("run_file");
  auto plugins = std::make_shared<std::vector<std::string>>();
  CLI::App* command = program.add_subcommand(
      "schema",
      "Every path of a run file, as Markdown; or of study files, a JSON schema for editors");
  command->add_option("of", *of, "What is described (default: run_file)")
      ->type_name("run_file|study");
  command->add_option("--plugin", *plugins, "Shared library with further variants")
      ->allow_extra_args(false);
  command->callback([=] {
    load_plugins(*plugins);
    print_schema(*of);
  });
}

}  // namespace rankwise
