// lint and reproduce: what papers print, and what our run files say, held against themselves and
// against each other.

#include "analysis/papers/paper_comparison.h"
#include "analysis/papers/reproduction.h"
#include "analysis/report/lint.h"
#include "experiments/program/analysis_arguments.h"
#include "experiments/program/commands.h"
#include "framework/core/terminal.h"
#include "framework/core/text.h"
#include "framework/io/atomic_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <sstream>

namespace rankwise {

using namespace analysis;

namespace {

struct LintArguments {
  std::vector<std::string> paths;
  std::string out;
};

/// "remark: what it is" with the rest of a long line below its beginning, on a terminal.
void print_lines(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t begin = line.find(": ") + 2;
    fmt::print("{}", is_terminal(STDOUT_FILENO) ? hanging(line.substr(0, begin), line.substr(begin),
                                                          terminal_width(STDOUT_FILENO))
                                                : line + "\n");
  }
}

int lint(const LintArguments& arguments) {
  const LintReport report =
      arguments.paths.empty()
          ? lint_papers(paper_tables())
          : lint_runs(load_heeding({arguments.paths.begin(), arguments.paths.end()}));
  print_lines(printable(lint_lines(report), "\n"));
  if (!arguments.out.empty()) {
    write_file(arguments.out + ".md", to_markdown(lint_table(report)));
    write_file(arguments.out + ".csv", to_csv(lint_table(report)));
  }
  return report.has_errors() ? 1 : 0;
}

struct ReproduceArguments {
  std::string name;
  std::vector<std::string> results;
  ReproductionPaths folders;
  TableOutput output;
  std::string out;
};

/// The setting of the paper's own, where the runs are of its study.
std::optional<OwnSetting> setting_of(const RunSet& runs, const PaperTable& table,
                                     const ReproductionPaths& folders) {
  const bool own = runs.groups.front().runs.front().study == own_study(table);
  return own ? own_setting(table, folders) : std::nullopt;
}

void reproduce(const ReproduceArguments& arguments) {
  if (arguments.name.empty()) {
    check(arguments.results.empty() && arguments.out.empty(),
          "--results and --out are of one table: name it, as in rankwise reproduce more.main");
    print_or_write(reproduction_list(arguments.folders), arguments.output);
    return;
  }
  const PaperTable& paper = find_paper_table(arguments.name);
  fmt::print("{}\n", reproduction_plan(paper, arguments.folders));
  const std::vector<std::filesystem::path> paths =
      arguments.results.empty()
          ? reproduction_results(paper, arguments.folders)
          : std::vector<std::filesystem::path>{arguments.results.begin(), arguments.results.end()};
  if (paths.empty()) {
    print_or_write(printed_table(paper), arguments.output);
    return;
  }
  const RunSet runs = load_and_warn(paths);
  const auto own = setting_of(runs, paper, arguments.folders);
  const Table table =
      comparison_table(compare_with_paper(paper, runs, own ? &*own : nullptr), runs);
  print_or_write(table, arguments.output);
  if (arguments.out.empty()) return;
  write_file(arguments.out + ".md", to_markdown(table));
  write_file(arguments.out + ".csv", to_csv(table));
}

}  // namespace

void add_paper_commands(CLI::App& program) {
  auto lint_arguments = std::make_shared<LintArguments>();
  CLI::App* lint_command = program.add_subcommand(
      "lint", "Recompute what run files record, or without paths what the papers' tables print");
  lint_command->add_option("paths", lint_arguments->paths, "Run files, or folders of them");
  lint_command->add_option("--out", lint_arguments->out, "Write OUT.md and OUT.csv as well");
  lint_command->callback([=] { throw CLI::RuntimeError(lint(*lint_arguments)); });

  auto arguments = std::make_shared<ReproduceArguments>();
  CLI::App* command = program.add_subcommand(
      "reproduce", "A paper's table: what to run for it, and its cells beside ours");
  command->add_option("name", arguments->name, "more.table5, ...; without it, all tables");
  command->add_option(
      "--results", arguments->results,
      "Run files, or folders of them (default: those of the paper's own setting, else of "
      "the small study)");
  command->add_option("--configs", arguments->folders.configs, "Folder of the study files");
  command->add_option("--data", arguments->folders.data, "Folder that scripts/prepare filled")
      ->envname("RANKWISE_DATA");
  add_format_options(*command, arguments->output);
  command->add_option("--out", arguments->out, "Write OUT.md and OUT.csv as well");
  command->callback([=] { reproduce(*arguments); });
}

}  // namespace rankwise
