// The program: subcommands over the framework and the analysis. A user's mistake ends in one line
// on standard error and exit code 1.

#include <fmt/format.h>

#include "experiments/program/commands.h"
#include "framework/core/error.h"
#include "framework/train/workers.h"

namespace {

int run(int count, char** arguments) {
  CLI::App program("rankwise: experiments on rank-wise low-rank adaptation", "rankwise");
  program.require_subcommand(1);
  rankwise::add_run_command(program);
  rankwise::add_look_up_commands(program);
  rankwise::add_analysis_commands(program);
  program.add_subcommand("worker")->group("")->callback(
      [] { throw CLI::RuntimeError(rankwise::worker_main()); });
  try {
    program.parse(count, arguments);
  } catch (const CLI::RuntimeError& end) {
    return end.get_exit_code();
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return program.exit(error);  // --help
    fmt::print(stderr, "{}; see rankwise --help\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count, arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", rankwise::first_line(error.what()));
    return 1;
  }
}
