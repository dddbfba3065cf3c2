// report and summary: what is left of a study when its run files are gone.

#include "analysis/report/report.h"
#include "analysis/report/summary.h"
#include "experiments/program/analysis_arguments.h"
#include "experiments/program/commands.h"
#include "framework/io/atomic_file.h"

#include <fmt/format.h>

#include <memory>

namespace rankwise {

using namespace analysis;

namespace {

struct ResultsArguments {
  std::vector<std::string> paths, figures, set;
  std::string out;
  SummaryOptions kept;
};

void report(const ResultsArguments& arguments) {
  const RunSet runs = load_and_warn(arguments.paths);
  write_file(arguments.out, report_html(runs, {arguments.figures, set_options(arguments.set)}));
  fmt::print("{}\n", arguments.out);
}

void summary(const ResultsArguments& arguments) {
  write_summary(load_and_warn(arguments.paths), arguments.out, arguments.kept);
  fmt::print("{}  {:.0f} KiB\n", arguments.out,
             static_cast<double>(std::filesystem::file_size(arguments.out)) / 1024);
}

void add_report_command(CLI::App& program) {
  auto arguments = std::make_shared<ResultsArguments>();
  CLI::App* command = program.add_subcommand(
      "report", "One self-contained HTML page: tables, figures, lint, configs, how to remake it");
  command->add_option("paths", arguments->paths, "Run files, or folders of them")->required();
  command->add_option("--out", arguments->out, "The page")->required();
  command->add_option("--figure", arguments->figures, "Only figures of this name")
      ->allow_extra_args(false);
  command
      ->add_option("--set", arguments->set,
                   "option=value for every figure that has the option (labels=[\"more\"]), or "
                   "figure.option=value for one")
      ->allow_extra_args(false);
  command->callback([arguments] { report(*arguments); });
}

void add_summary_command(CLI::App& program) {
  auto arguments = std::make_shared<ResultsArguments>();
  CLI::App* command = program.add_subcommand(
      "summary", "Pack finished runs into one small file that tables and figures can be made from");
  command->add_option("paths", arguments->paths, "Run files, or folders of them")->required();
  command->add_option("--out", arguments->out, "The file: results/<study>/summary.h5")->required();
  command
      ->add_option("--usage", arguments->kept.usage,
                   fmt::format("Most numbers of routing statistics, over all runs: fewer "
                               "evaluations are kept where there are more ({})",
                               arguments->kept.usage))
      ->check(CLI::PositiveNumber);
  command->callback([arguments] { summary(*arguments); });
}

}  // namespace

void add_results_commands(CLI::App& program) {
  add_report_command(program);
  add_summary_command(program);
}

}  // namespace rankwise
