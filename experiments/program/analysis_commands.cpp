// table, measures, hypotheses and figure: from run files alone.

#include "analysis/figures/figure.h"
#include "analysis/runs/run_set.h"
#include "analysis/tables/hypothesis.h"
#include "analysis/tables/measures.h"
#include "analysis/tables/table_kind.h"
#include "experiments/program/analysis_arguments.h"
#include "experiments/program/commands.h"
#include "framework/core/say.h"

#include <fmt/ranges.h>

#include <filesystem>
#include <memory>
#include <utility>

namespace rankwise {

using namespace analysis;

namespace {

struct AnalysisArguments {
  std::string name;  // of the figure, or of the file with hypotheses
  std::vector<std::string> paths;
  std::vector<std::string> labels;
  std::string out;  // of the figure
  std::string width = "column";
  std::vector<std::string> formats;  // of the figure; none: all
  std::vector<std::string> set;
  TableOutput output;
  nlohmann::json table = nlohmann::json::object();  // options that have a flag of their own
  bool mixed = false;                               // of the measures: rows of different protocols
  bool steps = false;  // the mean rank over steps instead of the measures
};

void measures(const AnalysisArguments& arguments) {
  const RunSet runs = choose(load_and_warn(arguments.paths), arguments.labels);
  const MeasuresOptions options{.allow_mixed = arguments.mixed};
  const std::string name = arguments.steps ? "mean_rank" : "measures";
  print_or_write(arguments.steps ? mean_rank_table(runs) : measures_table(runs, options),
                 arguments.output, latex_form(runs, name, tables().find(name).summary));
}

void hypotheses(const AnalysisArguments& arguments) {
  const auto claims = read_hypotheses(arguments.name);
  const RunSet runs = load_and_warn(arguments.paths);
  print_or_write(hypothesis_table(test_hypotheses(runs, claims)), arguments.output,
                 latex_form(runs, "hypotheses", "claims over runs matched by seed"));
}

/// The table's name that stands where there is no such path. Throws Error for one word before other
/// paths that is none.
std::string table_meant_by(const std::vector<std::string>& paths) {
  std::string name = tables().name_of(paths.front());
  const bool is_word = name.find('/') == std::string::npos;
  if (is_word && paths.size() > 1) static_cast<void>(tables().find(name));
  return name;
}

/// A grid where columns or a score were named, the scores otherwise, unless a name says more.
void table(const AnalysisArguments& arguments) {
  std::vector<std::string> paths = arguments.paths;
  if (!std::filesystem::exists(paths.front())) paths.front() = table_meant_by(paths);
  std::string name = take_table_name(paths);
  const bool grid = arguments.table.contains("columns") || arguments.table.contains("score");
  if (name == "scores" && grid) name = "grid";
  nlohmann::json options = set_options(arguments.set);
  options.update(arguments.table);
  check(!paths.empty(), "table {}: paths are missing: name run files, or folders of them", name);
  const RunSet runs = choose(load_and_warn(paths), arguments.labels);
  const TableKind& kind = tables().find(name);
  print_or_write(kind.make(runs, options), arguments.output, latex_form(runs, name, kind.summary));
}

/// Throws Error where there are runs and no figure, or a figure and no runs.
void check_figure(const AnalysisArguments& arguments) {
  const std::string name = figures().name_of(arguments.name);
  check(figures().contains(name) || !std::filesystem::exists(arguments.name),
        "figure: which one? rankwise figure NAME {}; the figures are {}", arguments.name,
        fmt::join(figures().names(), ", "));
  static_cast<void>(figures().find(name));
  check(!arguments.paths.empty(),
        "figure {}: paths are missing: name run files, or folders of them", name);
}

void figure(const AnalysisArguments& arguments) {
  check_figure(arguments);
  const Figure& found = figures().find(figures().name_of(arguments.name));
  const RunSet runs = choose(load_and_warn(arguments.paths), arguments.labels);
  const std::string out = arguments.out.empty() ? "figures" : arguments.out;
  const FigureRequest request{runs, out, arguments.width == "page" ? kPageWidth : kColumnWidth,
                              arguments.formats.empty() ? picture_formats() : arguments.formats};
  const FigureFiles files = found.make(request, set_options(arguments.set));
  for (const std::string& note : files.notes()) say("{}\n", note);
  for (const auto& file : files.files) fmt::print("{}\n", file.string());
}

using Shared = std::shared_ptr<AnalysisArguments>;

void add_table_command(CLI::App& program, const Shared& arguments) {
  CLI::App* table_command =
      program.add_subcommand("table", "Scores of all runs, or another table by name");
  table_command
      ->add_option("paths", arguments->paths,
                   "A table's name (default: scores), then run files, or folders of them")
      ->required();
  add_output_options(*table_command, arguments->output);
  for (const auto& [flag, help] :
       {std::pair("split", "test or dev (default: test)"),
        std::pair("parameters", "best on dev, or last (default: best)"),
        std::pair("rows", "An axis for the rows: options.rank (default: label)"),
        std::pair("columns", "An axis for the columns: variant"),
        std::pair("score", "With --columns: a task, task/metric, or average")}) {
    const std::string option = flag;
    table_command->add_option_function<std::string>(
        "--" + option, [=](const std::string& value) { arguments->table[option] = value; }, help);
  }
  table_command
      ->add_option_function<std::vector<std::string>>(
          "--where", [=](const auto& conditions) { arguments->table["where"] = conditions; },
          "axis=value: keep these runs alone")
      ->allow_extra_args(false);
  table_command
      ->add_option_function<std::vector<std::string>>(
          "--metric", [=](const auto& metrics) { arguments->table["metrics"] = metrics; },
          "A score beside the tasks' first: code/pass_at_1")
      ->allow_extra_args(false);
  add_labels_option(*table_command, arguments->labels);
  table_command->add_flag_callback(
      "--mixed", [=] { arguments->table["allow_mixed"] = true; },
      "Allow rows of different protocols, marked");
  table_command
      ->add_option("--set", arguments->set, "option=value, as rankwise describe shows them")
      ->allow_extra_args(false);
  table_command->callback([=] { table(*arguments); });
}

void add_measures_command(CLI::App& program, const Shared& arguments) {
  CLI::App* measures_command =
      program.add_subcommand("measures", "Recovery of what a suite planted, by label");
  measures_command->add_option("paths", arguments->paths, "Run files, or folders of them")
      ->required();
  add_output_options(*measures_command, arguments->output);
  add_labels_option(*measures_command, arguments->labels);
  measures_command->add_flag("--mixed", arguments->mixed,
                             "Allow rows of different protocols, marked");
  measures_command->add_flag("--steps", arguments->steps,
                             "The mean chosen rank over steps instead");
  measures_command->callback([=] { measures(*arguments); });
}

void add_hypotheses_command(CLI::App& program, const Shared& arguments) {
  CLI::App* hypotheses_command =
      program.add_subcommand("hypotheses", "Test claims over runs matched by seed");
  hypotheses_command->add_option("file", arguments->name, "configs/hypotheses.json")->required();
  hypotheses_command->add_option("paths", arguments->paths, "Run files, or folders of them")
      ->required();
  add_output_options(*hypotheses_command, arguments->output);
  hypotheses_command->callback([=] { hypotheses(*arguments); });
}

void add_figure_command(CLI::App& program, const Shared& arguments) {
  CLI::App* figure_command = program.add_subcommand("figure", "Draw a figure from run files");
  figure_command
      ->add_option("name", arguments->name,
                   fmt::format("Which: {}", fmt::join(figures().names(), ", ")))
      ->type_name("NAME")
      ->required();
  figure_command->add_option("paths", arguments->paths, "Run files, or folders of them");
  figure_command->add_option("--out", arguments->out, "Folder (default: figures)")
      ->type_name("FOLDER");
  add_labels_option(*figure_command, arguments->labels);
  figure_command
      ->add_option("--width", arguments->width,
                   "column (3.4 inches, the default) or page (7 inches)")
      ->check(CLI::IsMember({"column", "page"}));
  figure_command
      ->add_option("--format", arguments->formats,
                   "svg, pdf or png; again for several (default: all three)")
      ->check(CLI::IsMember(picture_formats()))
      ->allow_extra_args(false);
  figure_command
      ->add_option("--set", arguments->set, "option=value, as rankwise describe shows them")
      ->allow_extra_args(false);
  figure_command->callback([=] { figure(*arguments); });
}

}  // namespace

void add_analysis_commands(CLI::App& program) {
  const auto arguments = std::make_shared<AnalysisArguments>();
  add_table_command(program, arguments);
  add_measures_command(program, arguments);
  add_hypotheses_command(program, arguments);
  add_figure_command(program, arguments);
}

}  // namespace rankwise
