// table, measures, hypotheses and figure: from run files alone.

#include "analysis/figure.h"
#include "analysis/hypothesis.h"
#include "analysis/measures_table.h"
#include "analysis/run_set.h"
#include "analysis/scores_table.h"
#include "experiments/program/commands.h"
#include "framework/io/atomic_file.h"

#include <memory>

namespace rankwise {

namespace {

struct AnalysisArguments {
  std::string name;  // of the figure, or of the file with hypotheses
  std::vector<std::string> paths;
  std::string out;
  std::vector<std::string> set;
  ScoresOptions scores;
  bool steps = false;  // the mean rank over steps instead of the measures
};

RunSet load(const AnalysisArguments& arguments) {
  RunSet runs = load_runs({arguments.paths.begin(), arguments.paths.end()});
  for (const std::string& warning : runs.warnings) fmt::print(stderr, "{}\n", warning);
  return runs;
}

void deliver(const Table& table, const AnalysisArguments& arguments) {
  if (arguments.out.empty()) {
    fmt::print("{}", to_markdown(table));
    return;
  }
  write_file(arguments.out + ".md", to_markdown(table));
  write_file(arguments.out + ".csv", to_csv(table));
  fmt::print("{0}.md\n{0}.csv\n", arguments.out);
}

void table(const AnalysisArguments& arguments) {
  // Parsed again for its checks: the command line gives strings.
  const ScoresOptions options =
      parse_options<ScoresOptions>(options_to_json(arguments.scores), "table:");
  deliver(scores_table(load(arguments), options), arguments);
}

void measures(const AnalysisArguments& arguments) {
  const RunSet runs = load(arguments);
  const MeasuresOptions options{.allow_mixed = arguments.scores.allow_mixed};
  deliver(arguments.steps ? mean_rank_table(runs) : measures_table(runs, options), arguments);
}

void hypotheses(const AnalysisArguments& arguments) {
  const auto claims = read_hypotheses(arguments.name);
  deliver(hypothesis_table(test_hypotheses(load(arguments), claims)), arguments);
}

nlohmann::json figure_options(const std::vector<std::string>& sets) {
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

void figure(const AnalysisArguments& arguments) {
  const Figure& found = figures().find(arguments.name);
  const RunSet runs = load(arguments);
  const std::string out = arguments.out.empty() ? "figures" : arguments.out;
  const FigureFiles files = found.draw({runs, out, figure_options(arguments.set)});
  for (const std::string& note : files.notes) fmt::print(stderr, "{}\n", note);
  for (const auto& file : files.files) fmt::print("{}\n", file.string());
}

}  // namespace

void add_analysis_commands(CLI::App& program) {
  auto arguments = std::make_shared<AnalysisArguments>();
  CLI::App* table_command =
      program.add_subcommand("table", "Scores of all runs: mean and deviation over seeds");
  table_command->add_option("paths", arguments->paths, "Run files, or folders of them")->required();
  table_command->add_option("--out", arguments->out,
                            "Write OUT.md and OUT.csv instead of printing");
  table_command->add_option("--split", arguments->scores.split, "test or dev");
  table_command->add_option("--parameters", arguments->scores.parameters, "best (by dev) or last");
  table_command->add_flag("--mixed", arguments->scores.allow_mixed,
                          "Allow rows of different protocols, marked");
  table_command->callback([=] { table(*arguments); });

  CLI::App* measures_command =
      program.add_subcommand("measures", "Recovery of what a suite planted, by label");
  measures_command->add_option("paths", arguments->paths, "Run files, or folders of them")
      ->required();
  measures_command->add_option("--out", arguments->out, "Write OUT.md and OUT.csv");
  measures_command->add_flag("--mixed", arguments->scores.allow_mixed,
                             "Allow rows of different protocols, marked");
  measures_command->add_flag("--steps", arguments->steps,
                             "The mean chosen rank over steps instead");
  measures_command->callback([=] { measures(*arguments); });

  CLI::App* hypotheses_command =
      program.add_subcommand("hypotheses", "Test claims over runs matched by seed");
  hypotheses_command->add_option("file", arguments->name, "configs/hypotheses.json")->required();
  hypotheses_command->add_option("paths", arguments->paths, "Run files, or folders of them")
      ->required();
  hypotheses_command->add_option("--out", arguments->out, "Write OUT.md and OUT.csv");
  hypotheses_command->callback([=] { hypotheses(*arguments); });

  CLI::App* figure_command = program.add_subcommand("figure", "Draw a figure from run files");
  figure_command->add_option("name", arguments->name, "usage, clusters, training, ...")->required();
  figure_command->add_option("paths", arguments->paths, "Run files, or folders of them")
      ->required();
  figure_command->add_option("--out", arguments->out, "Folder (default: figures)");
  figure_command
      ->add_option("--set", arguments->set, "option=value, as rankwise describe shows them")
      ->allow_extra_args(false);
  figure_command->callback([=] { figure(*arguments); });
}

}  // namespace rankwise
