#include "analysis/report/report.h"

#include "analysis/figures/figure.h"
#include "analysis/papers/paper_comparison.h"
#include "analysis/report/lint.h"
#include "analysis/report/page_data.h"
#include "analysis/report/recipe.h"
#include "analysis/report/report_template.h"
#include "analysis/runs/config_difference.h"
#include "analysis/runs/run_footers.h"
#include "analysis/runs/studies.h"
#include "analysis/tables/table_kind.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/text.h"
#include "framework/io/temporary_folder.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace rankwise::analysis {
namespace {

using data = PageData;

/// The scores first.
std::vector<std::string> table_names() {
  std::vector<std::string> names = tables().names();
  std::stable_partition(names.begin(), names.end(),
                        [](const std::string& name) { return name == "scores"; });
  return names;
}

/// Every table that the runs can make; the others with their reasons.
void add_tables(const RunSet& runs, data& page) {
  std::vector<data> made, missing;
  for (const std::string& name : table_names()) {
    const TableKind& kind = tables().find(name);
    try {
      data entry = named(name, "summary", kind.summary);
      entry["html"] = to_html(kind.make(runs, nlohmann::json::object()));
      made.push_back(std::move(entry));
    } catch (const Error& error) {
      missing.push_back(named(name, "why", error.what()));
    }
  }
  page["tables"] = list_of(made);
  page["has_missing_tables"] = !missing.empty();
  page["missing_tables"] = list_of(missing);
}

/// The papers' tables whose study is among the runs', with its scores beside them.
void add_papers(const RunSet& runs, data& page) {
  std::vector<data> papers;
  for (const std::string& study : studies_of(runs)) {
    for (const PaperTable& table : paper_tables()) {
      if (table.study != study) continue;
      const RunSet part = part_of_study(runs, study);
      data entry = named(table.name, "summary", table.title);
      entry["html"] = to_html(comparison_table(compare_with_paper(table, part), part));
      papers.push_back(std::move(entry));
    }
  }
  page["has_papers"] = !papers.empty();
  page["papers"] = list_of(papers);
}

data figure_entry(const std::string& name, const Figure& figure, FigureFiles drawn) {
  std::sort(drawn.files.begin(), drawn.files.end());
  std::vector<data> images, notes;
  for (const auto& file : drawn.files) {
    if (file.extension() == ".svg") images.push_back(image_of(file));
  }
  for (const std::string& note : drawn.notes()) notes.emplace_back(note);
  data entry = named(name, "summary", figure.summary);
  entry["images"] = list_of(images);
  entry["notes"] = list_of(notes);
  return entry;
}

/// Options of figures that a report sets where ReportOptions::set does not.
const nlohmann::json kReportOptions = {{"usage.value", "auto"}};

/// The part of `set` that is the figure's.
nlohmann::json figure_options(const std::string& name, const nlohmann::json& set) {
  nlohmann::json options = nlohmann::json::object();
  for (const OptionInfo& option : figures().find(name).options) {
    for (const std::string& key : {option.name, name + "." + option.name}) {
      if (set.contains(key)) options[option.name] = set[key];
    }
  }
  return options;
}

void check_options(const std::vector<std::string>& names, const nlohmann::json& set) {
  for (const auto& [key, value] : set.items()) {
    const auto takes = [&, key = key](const std::string& name) {
      return !figure_options(name, {{key, set[key]}}).empty();
    };
    check(std::any_of(names.begin(), names.end(), takes),
          "unknown option '{}': none of the report's figures ({}) has it; rankwise describe shows "
          "those of a figure",
          key, fmt::join(names, ", "));
  }
}

void add_figures(const RunSet& runs, const ReportOptions& options, data& page) {
  const auto names = options.figures.empty() ? figures().names() : options.figures;
  check_options(names, options.set);
  std::vector<data> made, missing;
  for (const std::string& name : names) {
    const Figure& figure = figures().find(name);
    const TemporaryFolder folder;
    try {
      nlohmann::json of_figure = figure_options(name, kReportOptions);
      of_figure.update(figure_options(name, options.set));
      made.push_back(figure_entry(name, figure, figure.make({runs, folder.path()}, of_figure)));
    } catch (const Error& error) {
      missing.push_back(named(name, "why", error.what()));
    }
  }
  page["figures"] = list_of(made);
  page["has_missing_figures"] = !missing.empty();
  page["missing_figures"] = list_of(missing);
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

nlohmann::json whole_config(const RunGroup& group) {
  return group.runs.front().attributes.value("config", nlohmann::json::object());
}

void add_configs(const RunSet& runs, data& page) {
  const RunGroup& first = runs.groups.front();
  std::vector<data> rows;
  for (const RunGroup& group : runs.groups) {
    std::vector<std::string> texts;
    for (const LeafDifference& difference :
         differences(nameless_config(first), nameless_config(group))) {
      texts.push_back(to_text(difference));
    }
    data row;
    row["label"] = group.label;
    row["seeds"] = seeds_text(group);
    row["difference"] = texts.empty() ? "–" : fmt::to_string(fmt::join(texts, "; "));
    rows.push_back(std::move(row));
  }
  page["rows"] = list_of(rows);
  page["first_label"] = first.label;
  page["first_config"] = whole_config(first).dump(2);
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

/// From a fresh clone to this page; the commands are in the page.
void add_recipes(const RunSet& runs, data& page) {
  std::vector<data> entries, folders;
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
    entry["file"] = recipe.study_file.empty() ? "the study file of " + recipe.study
                                              : "configs/" + recipe.study_file;
    entry["folder"] = recipe.folder;
    entry["merged"] = merged;
    entry["rules"] = list_of({recipe.merge_methods.begin(), recipe.merge_methods.end()});
    folders.emplace_back("results/" + recipe.folder + (merged ? "/merged" : ""));
    entries.push_back(std::move(entry));
    commit = recipe.commit;
  }
  page["recipes"] = list_of(entries);
  page["folders"] = list_of(folders);
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

std::string title(const RunSet& runs) {
  return fmt::format("rankwise: {}", fmt::join(studies_of(runs), ", "));
}

}  // namespace

std::string report_html(const RunSet& runs, const ReportOptions& options) {
  data page;
  page["title"] = title(runs);
  if (const std::string asked = question(runs); !asked.empty()) page["question"] = asked;
  page["summary"] = summary(runs);
  add_failures(runs, page);
  add_tables(runs, page);
  add_papers(runs, page);
  add_figures(runs, options, page);
  page["lint"] = to_html(lint_table(lint_runs(runs)));
  add_configs(runs, page);
  add_provenance(runs, page);
  add_recipes(runs, page);
  kainjow::mustache::mustache view{std::string(report_template())};
  return printable(view.render(page), "\n");
}

}  // namespace rankwise::analysis
