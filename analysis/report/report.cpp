#include "analysis/report/report.h"

#include "analysis/report/finding_text.h"
#include "analysis/report/lint.h"
#include "analysis/report/page_configs.h"
#include "analysis/report/page_data.h"
#include "analysis/report/page_figures.h"
#include "analysis/report/page_tables.h"
#include "analysis/report/recipe.h"
#include "analysis/report/report_template.h"
#include "analysis/runs/run_footers.h"
#include "analysis/runs/studies.h"
#include "framework/cluster/quoted.h"
#include "framework/core/json.h"
#include "framework/core/text.h"

#include <fmt/ranges.h>

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rankwise::analysis {
namespace {

using data = PageData;

void add_findings(const RunSet& runs, const ReportOptions& options, data& page) {
  std::vector<data> findings;
  std::size_t open = 0;
  for (const StudyFile& study : options.studies) {
    const Findings found = fill_findings(study, runs);
    for (const std::string& text : found.texts) findings.emplace_back(sentence_html(text));
    open += found.open;
  }
  page["has_findings"] = !findings.empty();
  page["findings"] = list_of(findings);
  page["has_open_findings"] = open > 0;
  page["open_findings"] = std::to_string(open);
}

void add_failures(const RunSet& runs, data& page) {
  std::vector<data> lines;
  for (const Run& run : runs.failed) {
    lines.emplace_back(fmt::format("{} seed {} failed: {}", run.label, run.seed, run.error));
  }
  for (const Run& run : runs.running) {
    lines.emplace_back(fmt::format("{} seed {} did not finish", run.label, run.seed));
  }
  for (const std::string& warning : runs.warnings) lines.emplace_back(warning);
  for (const std::string& skipped : runs.skipped) lines.emplace_back(skipped);
  page["has_failures"] = !lines.empty();
  page["failures"] = list_of(lines);
}

/// The runs that were copied by `run --reuse`, as study and file; empty: none.
std::set<std::string> reused(const RunSet& runs) {
  std::set<std::string> sources;
  for (const RunGroup& group : runs.groups) {
    for (const Run& run : group.runs) sources.insert(run.text("taken_from"));
  }
  sources.erase("");
  return sources;
}

void add_provenance(const RunSet& runs, data& page) {
  std::vector<data> entries;
  const auto add = [&](const char* name, const std::string& attribute) {
    entries.push_back(named(name, "value", values_of(runs, attribute)));
  };
  add("study", "study");
  add("backbone", "backbone");
  add("suite", "suite");
  add("protocol", "protocol_hash");
  add("best parameters", "best_rule");
  add("commit", "commit");
  add("changed working tree", "dirty");
  add("device", "device");
  add("threads per run", "threads");
  add("tasks SHA-256", "tasks_sha256");
  add("weights SHA-256", "weights_sha256");
  add("versions", "provenance");
  if (const auto sources = reused(runs); !sources.empty()) {
    entries.push_back(
        named("trained in another study", "value", fmt::to_string(fmt::join(sources, ", "))));
  }
  page["provenance"] = list_of(entries);
}

/// Where the study file of a recipe was read from; of one that was not given, its name.
std::filesystem::path study_path(const Recipe& recipe, const ReportOptions& options) {
  for (const StudyFile& study : options.studies) {
    if (study.path.filename() == recipe.study_file) return study.path;
  }
  return recipe.study_file;
}

/// From a fresh clone to this page; the commands are in the page.
void add_recipes(const RunSet& runs, const ReportOptions& options, data& page) {
  std::vector<data> entries, folders, studies;
  std::string commit = "none";  // of the entry before
  for (const Recipe& recipe : recipes(runs)) {
    data entry;
    const auto set = [&](const char* name, const std::string& value) {
      if (!value.empty()) entry[name] = value;
    };
    const bool merged = !recipe.merge_methods.empty();
    entry["builds"] = recipe.commit != commit;
    set("commit", recipe.commit);
    entry["dirty"] = recipe.dirty;
    set("suite", recipe.suite);
    set("weights", recipe.weights);
    const std::filesystem::path file = study_path(recipe, options);
    const std::string quoted = shell_word(file.string());
    entry["file"] = file.empty() ? "the study file of " + recipe.study : quoted;
    // A page finds those in configs/ by itself.
    if (!file.empty() && file.parent_path() != "configs") studies.emplace_back(quoted);
    entry["folder"] = recipe.folder;
    entry["merged"] = merged;
    entry["rules"] = list_of({recipe.merge_methods.begin(), recipe.merge_methods.end()});
    folders.emplace_back("results/" + recipe.folder + (merged ? "/merged" : ""));
    entries.push_back(std::move(entry));
    commit = recipe.commit;
  }
  page["recipes"] = list_of(entries);
  page["folders"] = list_of(folders);
  page["studies"] = list_of(studies);
}

/// What each study is after: "table 5", or "study a: table 5; study b: figure 3".
std::string question(const RunSet& runs) {
  const std::vector<std::string> studies = studies_of(runs);
  std::vector<std::string> texts;
  for (const std::string& study : studies) {
    const std::string text =
        part_of_study(runs, study).groups.front().runs.front().text("reproduces");
    if (!text.empty())
      texts.push_back(studies.size() > 1 ? fmt::format("{}: {}", study, text) : text);
  }
  return fmt::to_string(fmt::join(texts, "; "));
}

double hours(const RunSet& runs) {
  double seconds = 0;
  for (const RunGroup& group : runs.groups) {
    for (const Run& run : group.runs) seconds += run.attributes.value("seconds", 0.0);
  }
  return seconds / 3600;
}

std::string summary(const RunSet& runs) {
  std::size_t count = 0;
  for (const RunGroup& group : runs.groups) count += group.runs.size();
  return fmt::format("{} rows, {} finished runs, {:.2f} hours of run time. {} {}",
                     runs.groups.size(), count, hours(runs), seeds_footer(runs),
                     fmt::to_string(fmt::join(scale_footers(runs), " ")));
}

std::string title(const RunSet& runs) { return fmt::to_string(fmt::join(studies_of(runs), ", ")); }

}  // namespace

std::string report_html(const RunSet& runs, const ReportOptions& options) {
  data page;
  page["title"] = title(runs);
  if (const std::string asked = question(runs); !asked.empty()) page["question"] = asked;
  page["summary"] = summary(runs);
  add_findings(runs, options, page);
  add_best_rows(runs, page);
  add_failures(runs, page);
  add_figures(runs, options, page);
  add_tables(runs, options, page);
  add_papers(runs, page);
  page["lint"] = to_html(lint_table(lint_runs(runs)));
  add_configs(runs, page);
  add_provenance(runs, page);
  add_recipes(runs, options, page);
  kainjow::mustache::mustache view{std::string(report_template())};
  return printable(view.render(page), "\n");
}

}  // namespace rankwise::analysis
