// report, summary and results: what is left of a study when its run files are gone.

#include "analysis/figures/figure.h"
#include "analysis/papers/paper_comparison.h"
#include "analysis/report/report.h"
#include "analysis/report/summary.h"
#include "analysis/runs/studies.h"
#include "analysis/tables/table_kind.h"
#include "experiments/program/analysis_arguments.h"
#include "experiments/program/commands.h"
#include "experiments/program/names.h"
#include "experiments/program/ranges.h"
#include "framework/core/say.h"
#include "framework/core/slug.h"
#include "framework/io/atomic_file.h"
#include "framework/study/study_file.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace rankwise {

using namespace analysis;

namespace {

struct ResultsArguments {
  std::vector<std::string> paths, figures, labels, set, studies;
  std::string out;
  SummaryOptions kept;
};

/// The files named, or those of the runs' studies that are below configs.
std::vector<StudyFile> files_of_studies(const RunSet& runs, const ResultsArguments& arguments) {
  std::vector<StudyFile> studies;
  for (const std::string& file : arguments.studies) studies.push_back(read_study_file(file));
  return studies.empty() ? study_files_of(runs) : studies;
}

/// A run file whose name stands where the page's was forgotten must not be lost.
void check_page_name(const std::filesystem::path& page) {
  check(page.extension() == ".html" || page.extension() == ".htm",
        "--out {}: a page's name ends in .html", page.string());
}

void report(const ResultsArguments& arguments) {
  check_page_name(arguments.out);
  RunSet runs = choose(load_and_warn(arguments.paths), arguments.labels);
  const std::vector<StudyFile> studies = files_of_studies(runs, arguments);
  heed(studies, runs);
  const ReportOptions options{
      .studies = studies, .figures = arguments.figures, .set = set_options(arguments.set)};
  write_file(arguments.out, report_html(runs, options));
  fmt::print("{}\n", arguments.out);
}

void summary(const ResultsArguments& arguments) {
  const RunSet runs = load_and_warn(arguments.paths);
  std::size_t count = 0;
  for (const RunGroup& group : runs.groups) count += group.runs.size();
  double bytes = 0;
  const auto files = write_summary(runs, arguments.out, arguments.kept);
  for (const auto& file : files) bytes += static_cast<double>(std::filesystem::file_size(file));
  fmt::print("{}  {} files, {} runs, {:.1f} KiB per run\n", arguments.out, files.size(), count,
             bytes / 1024 / static_cast<double>(count));
}

// What the study file says its results are, made from its runs.
class StudyResults {
 public:
  StudyResults(StudyFile study, const RunSet& runs, std::filesystem::path out)
      : study_(std::move(study)), runs_(runs), out_(std::move(out)) {}

  void make() const {
    for (const StudyOutput& table : study_.tables) make_table(table);
    for (const StudyOutput& figure : study_.figures) make_figure(figure);
    for (const std::string& paper : study_.papers) {
      const Table table =
          comparison_table(compare_with_paper(find_paper_table(paper), runs_), runs_);
      write_file(out_ / (paper + ".md"), to_markdown(table));
      write_file(out_ / (paper + ".csv"), to_csv(table));
    }
  }

 private:
  void make_table(const StudyOutput& output) const {
    const TableKind& kind = tables().find(output.name);
    const nlohmann::json options = with_reference(kind, output.options, study_.reference);
    write_table(kind.make(runs_, options), out_ / output.name,
                fmt::format("{}: {}", study_.name, kind.summary));
  }

  void make_figure(const StudyOutput& output) const {
    const FigureFiles files =
        figures().find(output.name).make({.runs = runs_, .out = out_ / "figures"}, output.options);
    for (const std::string& note : files.notes()) say("{}\n", note);
  }

  StudyFile study_;
  const RunSet& runs_;
  std::filesystem::path out_;
};

struct StudyResultsArguments {
  std::string study;
  std::vector<std::string> paths;
  std::string out;
};

void results(const StudyResultsArguments& arguments) {
  const StudyFile study = read_study_file(find_study_file(arguments.study));
  const auto folder = std::filesystem::path("results") / slug(study.name);
  RunSet runs = load_and_warn(arguments.paths.empty() ? std::vector<std::string>{folder.string()}
                                                      : arguments.paths);
  heed({study}, runs);
  const auto out = arguments.out.empty() ? folder : std::filesystem::path(arguments.out);
  StudyResults(study, runs, out).make();
  fmt::print("{}  {} tables, {} figures, {} beside a paper\n", out.string(), study.tables.size(),
             study.figures.size(), study.papers.size());
}

void add_study_results_command(CLI::App& program) {
  auto arguments = std::make_shared<StudyResultsArguments>();
  CLI::App* command =
      program.add_subcommand("results", "Make the tables and figures that a study file names");
  command
      ->add_option("study", arguments->study,
                   "Study file (JSON with comments), or the name of one in configs/")
      ->required();
  command->add_option("paths", arguments->paths,
                      "Run files, summaries, or folders of them (default: results/<study>)");
  command->add_option("--out", arguments->out, "Folder (default: results/<study>)");
  command->callback([arguments] { results(*arguments); });
}

void add_report_command(CLI::App& program) {
  auto arguments = std::make_shared<ResultsArguments>();
  arguments->out = "report.html";
  CLI::App* command = program.add_subcommand(
      "report",
      "One self-contained HTML page: findings, figures, tables, lint, configs, how to remake it");
  command->add_option("paths", arguments->paths, "Run files, or folders of them")->required();
  command->add_option("--out", arguments->out, "The page")
      ->type_name("FILE")
      ->capture_default_str();
  add_labels_option(*command, arguments->labels);
  command
      ->add_option("--study", arguments->studies,
                   "Study file, whose findings, tables and figures stand first (default: the runs' "
                   "own below configs)")
      ->check(CLI::ExistingFile)
      ->allow_extra_args(false);
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
      ->check(whole_number(1, 1'000'000));
  command->callback([arguments] { summary(*arguments); });
}

}  // namespace

void add_results_commands(CLI::App& program) {
  add_report_command(program);
  add_summary_command(program);
  add_study_results_command(program);
}

}  // namespace rankwise
