#include "experiments/program/analysis_arguments.h"

#include "analysis/runs/chosen_labels.h"
#include "analysis/runs/studies.h"
#include "framework/core/error.h"
#include "framework/core/say.h"
#include "framework/core/slug.h"
#include "framework/core/terminal.h"
#include "framework/core/text.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace rankwise {

using namespace analysis;

void add_format_options(CLI::App& command, TableOutput& output) {
  command
      .add_option("--format", output.format,
                  "How it is printed (default: terminal on one, else md)")
      ->type_name("terminal|md|latex|csv|html|json");
  command.add_flag("--all", output.all,
                   "On a terminal: also parameters, times, configs and further tests");
}

void add_output_options(CLI::App& command, TableOutput& output) {
  add_format_options(command, output);
  command
      .add_option("--only-columns", output.columns,
                  "Columns to keep beside the first, with commas between them: average,cola. One "
                  "with a comma: '\"error, last\",rank', or a flag of its own")
      ->type_name("A,B")
      ->allow_extra_args(false);
  command.add_option("--out", output.out, "Write OUT.md, .csv, .tex and .html instead of printing")
      ->type_name("OUT");
}

void add_split_options(CLI::App& command, std::string& split, std::string& parameters) {
  command.add_option("--split", split, "Whose scores (default: test)")->type_name("test|dev");
  command
      .add_option("--parameters", parameters,
                  "Those that were best on dev, or the last ones (default: best)")
      ->type_name("best|last");
}

void add_labels_option(CLI::App& command, std::vector<std::string>& labels) {
  command
      .add_option("--labels", labels,
                  "These rows alone, in this order: lora,more. A label with a comma: "
                  "'\"more, no contrast\",lora', or a flag of its own")
      ->type_name("A,B")
      ->allow_extra_args(false);
}

LatexForm latex_form(const RunSet& runs, const std::string& name, const std::string& summary) {
  const auto studies = studies_of(runs);
  const std::string whose =
      studies.size() == 1 ? studies.front() : fmt::format("{} studies", studies.size());
  return {fmt::format("{}: {}", whose, summary), fmt::format("tab:{}-{}", slug(whose), slug(name))};
}

void print_or_write(const Table& whole, const TableOutput& output, const LatexForm& form) {
  std::vector<std::string> columns;
  for (const std::string& text : output.columns) {
    const auto some = split_labels(text, column_names(whole));
    columns.insert(columns.end(), some.begin(), some.end());
  }
  const Table table = columns.empty() ? whole : with_columns(whole, columns);
  if (output.out.empty()) {
    const bool on_terminal = output.format.empty() && is_terminal(STDOUT_FILENO);
    if (on_terminal || output.format == "terminal") {
      fmt::print("{}", to_terminal(table, {.width = terminal_width(STDOUT_FILENO),
                                           .colour = shows_colours(STDOUT_FILENO),
                                           .all = output.all}));
    } else {
      fmt::print("{}", to_format(table, output.format.empty() ? "md" : output.format, form));
    }
    return;
  }
  for (const auto& path : write_table(table, output.out, form.caption)) {
    fmt::print("{}\n", path.string());
  }
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

RunSet choose(const RunSet& runs, const std::vector<std::string>& labels) {
  std::vector<std::string> chosen;
  for (const std::string& text : labels) {
    const auto some = split_labels(text, runs.labels());
    chosen.insert(chosen.end(), some.begin(), some.end());
  }
  return choose_labels(runs, chosen);
}

namespace {

/// Of a study's runs: in a folder `configs` beside one of the folders above them, or in that folder
/// itself, the nearest first, then below the working directory. Empty where there is none.
std::filesystem::path study_file_near(const std::filesystem::path& run, const std::string& file) {
  std::filesystem::path folder = std::filesystem::absolute(run).lexically_normal().parent_path();
  for (; folder != folder.parent_path(); folder = folder.parent_path()) {
    for (const std::filesystem::path& place : {folder / "configs" / file, folder / file}) {
      if (std::filesystem::is_regular_file(place)) {
        return place.lexically_proximate(std::filesystem::current_path());
      }
    }
  }
  const std::filesystem::path here = std::filesystem::path("configs") / file;
  return std::filesystem::is_regular_file(here) ? here : std::filesystem::path();
}

}  // namespace

std::vector<StudyFile> study_files_of(const RunSet& runs) {
  std::vector<StudyFile> studies;
  for (const std::string& name : studies_of(runs)) {
    const RunSet part = part_of_study(runs, name);
    const Run& first = part.groups.front().runs.front();
    const std::string file =
        first.text("study_file").empty() ? name + ".json" : first.text("study_file");
    const std::filesystem::path path = study_file_near(first.path, file);
    if (path.empty()) continue;
    StudyFile study = read_study_file(path);
    if (study.name == name) studies.push_back(std::move(study));
  }
  return studies;
}

RunSet load_and_warn(const std::vector<std::string>& paths) {
  return load_and_warn(std::vector<std::filesystem::path>(paths.begin(), paths.end()));
}

RunSet load_heeding(const std::vector<std::filesystem::path>& paths) {
  RunSet runs = load_runs(paths);
  try {
    heed(study_files_of(runs), runs);
  } catch (const Error& error) {  // a file that nobody named must not spoil the runs
    say("not heeded: {}\n", printable(error.what()));
  }
  return runs;
}

RunSet load_and_warn(const std::vector<std::filesystem::path>& paths) {
  RunSet runs = load_heeding(paths);
  for (const auto* lines : {&runs.warnings, &runs.skipped}) {
    for (const std::string& line : *lines) say("{}\n", printable(line));
  }
  return runs;
}

std::vector<std::filesystem::path> finished_run_files(const std::vector<std::string>& paths) {
  std::vector<std::filesystem::path> files;
  const RunSet runs = load_and_warn(paths);
  for (const analysis::RunGroup& group : runs.groups) {
    for (const analysis::Run& run : group.runs) files.push_back(run.path);
  }
  return files;
}

}  // namespace rankwise
