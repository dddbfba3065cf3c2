#include "analysis/papers/reproduction.h"

#include "analysis/papers/own_commands.h"
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

std::string small_state(const PaperTable& table, const ReproductionPaths& paths) {
  if (table.study.empty()) return "–";
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
    text += named_line(name, value);
  }
  return text;
}

std::string small_lines(const PaperTable& table, const ReproductionPaths& paths) {
  if (table.study.empty()) return "";
  const std::string file = study_file(table, paths).string();
  const StudyNeeds needs = read_study_needs(file);
  const RunData& data = needs.data.front();
  const bool missing = !missing_files(data, paths.data).empty();
  const std::string weights = data.weights.empty() ? "(random)" : data.weights;
  std::string text = "small-scale, here\n";
  for (const auto& [name, value] :
       {std::pair("study", fmt::format("{}: {} runs of {}, {} {} on {}", file, needs.runs,
                                       needs.budget, data.backbone, weights, data.suite)),
        std::pair("data", missing ? "to be prepared: " + prepare_command(data) : "prepared"),
        std::pair("cost", fmt::format("rankwise run {} --dry-run", file)),
        std::pair("run", run_command(file, table, needs.runs, paths)),
        std::pair("compare", fmt::format("rankwise reproduce {} --results {}", table.name,
                                         (paths.results / table.study).string())),
        std::pair("state", small_state(table, paths))}) {
    text += named_line(name, value);
  }
  return text;
}

}  // namespace

Table reproduction_list(const ReproductionPaths& paths) {
  Table table;
  table.header = {"table", "shows", "state", "small study", "its runs"};
  for (const PaperTable& paper : paper_tables()) {
    table.rows.push_back({{paper.name, {}},
                          {paper.title, {}},
                          {own_state(paper, paths), {}},
                          {paper.study.empty() ? "–" : paper.study, {}},
                          {small_state(paper, paths), {}}});
  }
  table.footers = {own_state_words(),
                   "rankwise reproduce <table> prints the commands, what they take, what is "
                   "missing here, and the paper's cells beside ours."};
  return table;
}

std::string reproduction_plan(const PaperTable& table, const ReproductionPaths& paths) {
  std::string text = paper_lines(table);
  const auto setting = own_setting(table, paths);
  if (setting) text += own_lines(table, *setting, paths);
  if (!setting && table.study.empty()) text += fmt::format("no study: {}\n", table.no_study);
  return text + small_lines(table, paths);
}

std::vector<fs::path> reproduction_results(const PaperTable& table,
                                           const ReproductionPaths& paths) {
  const fs::path own = paths.results / own_study(table);
  if (finished_runs(own) > 0) {
    const fs::path merged = own / "merged";
    return fs::exists(merged) ? std::vector{own, merged} : std::vector{own};
  }
  const fs::path small = paths.results / table.study;
  if (table.study.empty() || !fs::exists(small)) return {};
  return {small};
}

}  // namespace rankwise::analysis
