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
  const RunSet runs = load_and_warn(arguments.paths);
  std::size_t count = 0;
  for (const RunGroup& group : runs.groups) count += group.runs.size();
  double bytes = 0;
  const auto files = write_summary(runs, arguments.out, arguments.kept);
  for (const auto& file : files) bytes += static_cast<double>(std::filesystem::file_size(file));
  fmt::print("{}  {} files, {} runs, {:.1f} KiB a run\n", arguments.out, files.size(), count,
             bytes / 1024 / static_cast<double>(count));
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
      "summary", "Pack finished runs into small files that tables and figures can be made from");
  command->add_option("paths", arguments->paths, "Run files, or folders of them")->required();
  command->add_option("--out", arguments->out, "The folder: results/<study>/summary")->required();
  command
      ->add_option("--evaluations", arguments->kept.evaluations,
                   fmt::format("Most evaluations to keep of a run, evenly spaced ({})",
                               arguments->kept.evaluations))
      ->check(CLI::PositiveNumber);
  command->callback([arguments] { summary(*arguments); });
}

}  // namespace

void add_results_commands(CLI::App& program) {
  add_report_command(program);
  add_summary_command(program);
}

}  // namespace rankwise
