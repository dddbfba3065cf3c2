/// Arguments that the commands on run files share.
#pragma once

#include "analysis/output/table.h"
#include "analysis/runs/run_set.h"
#include "framework/core/json.h"
#include "framework/study/study_file.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

/// Where a table goes: to standard output in one format, or to files in all of them.
struct TableOutput {
  std::string format;                // empty: as a terminal shows it on one, else Markdown
  bool all = false;                  // on a terminal: the columns of details as well
  std::vector<std::string> columns;  // to keep beside the first; none: all
  std::string out;
};

/// --format and --all.
void add_format_options(CLI::App& command, TableOutput& output);

/// The same, --only-columns and --out.
void add_output_options(CLI::App& command, TableOutput& output);

/// --split and --parameters, which choose among what a run has of its tasks.
void add_split_options(CLI::App& command, std::string& split, std::string& parameters);

/// --labels, as choose() reads them.
void add_labels_option(CLI::App& command, std::vector<std::string>& labels);

/// Prints the table, or writes its files and prints their paths.
void print_or_write(const analysis::Table& table, const TableOutput& output,
                    const analysis::LatexForm& form = {});

/// "text10: scores of all runs", labelled "tab:text10-scores": what LaTeX calls a table of runs.
analysis::LatexForm latex_form(const analysis::RunSet& runs, const std::string& name,
                               const std::string& summary);

/// {"name": value} of each "name=value"; a value that is no JSON is a text. Throws Error where
/// there is no name.
nlohmann::json set_options(const std::vector<std::string>& sets);

/// Those of the labels, in this order; all where none is named. Throws Error for an unknown one.
analysis::RunSet choose(const analysis::RunSet& runs, const std::vector<std::string>& labels);

/// The files below configs/ of the studies that the runs belong to.
std::vector<StudyFile> study_files_of(const analysis::RunSet& runs);

/// load_runs(), heeding the files of their studies.
analysis::RunSet load_heeding(const std::vector<std::filesystem::path>& paths);

/// The same, with what it could not read or skipped on standard error.
analysis::RunSet load_and_warn(const std::vector<std::string>& paths);
analysis::RunSet load_and_warn(const std::vector<std::filesystem::path>& paths);

/// The finished runs' files that load_and_warn() finds.
std::vector<std::filesystem::path> finished_run_files(const std::vector<std::string>& paths);

}  // namespace rankwise
