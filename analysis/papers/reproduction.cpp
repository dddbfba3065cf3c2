#include "analysis/papers/reproduction.h"

#include "analysis/papers/study_needs.h"
#include "analysis/runs/finished_runs.h"

#include <fmt/format.h>

#include <cstddef>
#include <utility>

namespace rankwise::analysis {
namespace {

namespace fs = std::filesystem;

fs::path study_file(const PaperTable& table, const ReproductionPaths& paths) {
  return paths.configs / (table.study + ".json");
}

// A run that is finished, or in a committed summary, is not trained again by itself.
std::string run_command(const std::string& file, const PaperTable& table, std::size_t runs,
                        const ReproductionPaths& paths) {
  const bool done = finished_runs(paths.results / table.study) >= runs;
  return fmt::format("rankwise run {} --jobs 2{}", file, done ? " --again" : "");
}

std::string state_of(const PaperTable& table, const ReproductionPaths& paths) {
  if (table.study.empty()) return table.no_study;
  const std::size_t finished = finished_runs(paths.results / table.study);
  if (!fs::exists(study_file(table, paths))) return fmt::format("{} runs finished", finished);
  return fmt::format("{} of {} runs finished", finished,
                     read_study_needs(study_file(table, paths)).runs);
}

std::string or_not_found(const std::string& text) { return text.empty() ? "not found" : text; }

std::string paper_lines(const PaperTable& table) {
  const std::string seeds = table.seeds ? fmt::format("{}", *table.seeds) : "not found";
  std::string text = fmt::format("{}: {}\n", table.name, table.title);
  for (const auto& [name, value] :
       {std::pair("paper", table.citation), std::pair("numbers", table.source),
        std::pair("backbone", table.backbone), std::pair("data", table.data),
        std::pair("metric", table.metric), std::pair("training", or_not_found(table.training)),
        std::pair("seeds", seeds), std::pair("hours", or_not_found(table.hours))}) {
    text += fmt::format("  {:10} {}\n", name, value);
  }
  return text;
}

std::string study_lines(const PaperTable& table, const ReproductionPaths& paths) {
  const std::string file = study_file(table, paths).string();
  const StudyNeeds needs = read_study_needs(file);
  const std::string preparation = missing_preparation(needs, paths.data);
  const std::string weights = needs.weights.empty() ? "(random)" : needs.weights;
  const bool other = !table.suite.empty() && needs.suite != table.suite;
  const std::string closer = fmt::format("rankwise run {} --set data.suite={} --results results/{}",
                                         file, table.suite, table.suite);
  std::string text = "here\n";
  for (const auto& [name, value] :
       {std::pair("study", fmt::format("{}: {} runs of {}, {} {} on {}", file, needs.runs,
                                       needs.budget, needs.backbone, weights, needs.suite)),
        std::pair("data", preparation.empty() ? "prepared" : "to be prepared: " + preparation),
        std::pair("cost", fmt::format("rankwise run {} --dry-run", file)),
        std::pair("run", run_command(file, table, needs.runs, paths)),
        std::pair("closer", other ? closer : ""),
        std::pair("compare", fmt::format("rankwise reproduce {}", table.name)),
        std::pair("state", state_of(table, paths))}) {
    if (!value.empty()) text += fmt::format("  {:10} {}\n", name, value);
  }
  return text;
}

}  // namespace

Table reproduction_list(const ReproductionPaths& paths) {
  Table table;
  table.header = {"table", "shows", "study", "state"};
  for (const PaperTable& paper : paper_tables()) {
    table.rows.push_back({{paper.name, {}},
                          {paper.title, {}},
                          {paper.study.empty() ? "–" : paper.study, {}},
                          {state_of(paper, paths), {}}});
  }
  table.footers.emplace_back(
      "rankwise reproduce <table> prints what it takes, and the paper's cells beside ours.");
  return table;
}

std::string reproduction_plan(const PaperTable& table, const ReproductionPaths& paths) {
  const std::string paper = paper_lines(table);
  if (table.study.empty()) return paper + fmt::format("here\n  no study: {}\n", table.no_study);
  return paper + study_lines(table, paths);
}

}  // namespace rankwise::analysis
