#include "analysis/papers/own_setting.h"

#include "analysis/runs/finished_runs.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace rankwise::analysis {

namespace fs = std::filesystem;

namespace {

std::string stem_of(const PaperTable& table) {
  std::string stem = table.name;
  std::replace(stem.begin(), stem.end(), '.', '_');
  return stem;
}

void keep_or(std::string& text, const std::string& own) {
  if (!own.empty()) text = own;
}

}  // namespace

std::string own_study(const PaperTable& table) { return "paper_" + stem_of(table); }

std::optional<OwnSetting> own_setting(const PaperTable& table, const ReproductionPaths& paths) {
  const fs::path folder = paths.configs / "papers";
  check(fs::is_directory(folder),
        "{}: there is no such folder; run this where configs/ lies, or name it with --configs",
        folder.string());
  const fs::path file = folder / (stem_of(table) + ".json");
  if (!fs::exists(file)) return std::nullopt;
  OwnSetting setting{.study = read_study_file(file)};
  setting.needs = study_needs(setting.study);
  setting.description = paths.configs / "suites" / (setting.needs.data.front().suite + ".json");
  setting.is_public = fs::exists(setting.description);
  return setting;
}

std::vector<fs::path> missing_files(const OwnSetting& setting, const ReproductionPaths& paths) {
  std::vector<fs::path> missing;
  for (const RunData& data : setting.needs.data) {
    for (const fs::path& file : missing_files(data, paths.data)) {
      if (std::find(missing.begin(), missing.end(), file) == missing.end()) missing.push_back(file);
    }
  }
  return missing;
}

std::string own_state(const PaperTable& table, const ReproductionPaths& paths) {
  const auto setting = own_setting(table, paths);
  if (!setting) return "computed";
  const std::size_t finished = finished_runs(paths.results / setting->study.name);
  if (finished >= setting->needs.runs) return "done";
  if (finished > 0) return "begun";
  if (missing_files(*setting, paths).empty()) return "ready";
  return setting->is_public ? "unprepared" : "private";
}

std::string own_state_words() {
  return "state, in the paper's own setting: done, begun; ready: weights and data are here; "
         "unprepared: they are to be fetched first; private: its data are not public; computed: a "
         "count and no experiment.";
}

PaperTable in_own_setting(const PaperTable& table, const OwnSetting& setting) {
  PaperTable own = table;
  own.study = setting.study.name;
  own.no_study.clear();
  own.stands_in.clear();
  own.suite = setting.needs.data.front().suite;
  for (PaperColumn& column : own.columns) keep_or(column.ours, column.own_task);
  for (PaperRow& row : own.rows) keep_or(row.label, row.own_label);
  fill_against(own);
  return own;
}

}  // namespace rankwise::analysis
