/// A paper's table in the paper's own setting: the study configs/papers/<paper>_<table>.json, and
/// what of it is here.
#pragma once

#include "analysis/papers/paper_table.h"
#include "analysis/papers/study_needs.h"
#include "framework/study/study_file.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

struct ReproductionPaths {
  std::filesystem::path configs = "configs";
  std::filesystem::path data = "data";
  std::filesystem::path results = "results";
};

struct OwnSetting {
  StudyFile study;
  StudyNeeds needs;
  std::filesystem::path description;  // of its suite, below configs/suites
  bool is_public = true;              // whether there is that description

  bool assumed() const { return study.setting == StudyFile::kAssumed; }
};

/// Its file; nothing where there is none, as for a table that is computed. Throws Error where
/// `paths.configs` has no folder papers.
std::optional<OwnSetting> own_setting(const PaperTable& table, const ReproductionPaths& paths);

/// "paper_more_main", the name of that study.
std::string own_study(const PaperTable& table);

/// Files that its runs read and that are not here, each once.
std::vector<std::filesystem::path> missing_files(const OwnSetting& setting,
                                                 const ReproductionPaths& paths);

/// One word: "computed", "private" (its data are not public), "unprepared", "ready", "begun",
/// "done".
std::string own_state(const PaperTable& table, const ReproductionPaths& paths);

/// What a reader must know of own_state()'s words, a line.
std::string own_state_words();

/// A comparison of runs in the paper's own setting reads the table with the labels, tasks and suite
/// that these have.
PaperTable in_own_setting(const PaperTable& table, const OwnSetting& setting);

}  // namespace rankwise::analysis
