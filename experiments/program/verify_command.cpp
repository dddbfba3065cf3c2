#include "experiments/program/commands.h"
#include "experiments/proofs/proof.h"
#include "framework/core/say.h"
#include "framework/run/plugin.h"

#include <fmt/format.h>

namespace rankwise {

namespace {

int print_findings() {
  std::int64_t failed = 0;
  fmt::print("{:8} {:>9} {:>9} {:>6}  {}\n", "", "error", "limit", "trials", "claim (where)");
  for (const proofs::Finding& finding : proofs::verify()) {
    failed += finding.holds() ? 0 : 1;
    fmt::print("{:8} {:>9.1e} {:>9.1e} {:>6}  {} ({})\n", finding.holds() ? "holds" : "FAILS",
               finding.error, finding.limit, finding.trials, finding.claim, finding.where);
  }
  if (failed > 0) say("{} claims fail\n", failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace

void add_verify_command(CLI::App& program) {
  auto plugins = std::make_shared<std::vector<std::string>>();
  CLI::App* command = program.add_subcommand(
      "verify", "Check the equivalences between methods in double precision");
  command->add_option("--plugin", *plugins, "Shared library with further variants")
      ->allow_extra_args(false);
  command->callback([plugins] {
    load_plugins(*plugins);
    throw CLI::RuntimeError(print_findings());
  });
}

}  // namespace rankwise
