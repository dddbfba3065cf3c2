/// A study file, read: what it says of itself, and one JSON object a run. No tensors: the analysis
/// reads studies with it too. What a run's members mean is decided by resolve_run() (train).
#pragma once

#include "framework/core/json.h"
#include "framework/core/options.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace rankwise {

/// What the command line changes.
struct StudyOverrides {
  std::vector<std::string> set;          // "train.steps=100": into every run, after the file
  std::vector<std::string> only;         // labels or variants, * and ? allowed; empty: all
  std::vector<std::int64_t> seeds = {};  // instead of the file's; empty: those
  std::vector<std::string> sweep = {};   // "options.rank=1,2,4": rows of every row
};

/// A table or figure that a study's results consist of, by its registered name.
struct StudyOutput {
  std::string name;
  nlohmann::json options = nlohmann::json::object();
};

/// One run as the file says it: defaults, sweep and --set are in it, and its seed.
struct StudyRun {
  nlohmann::json members;  // an object
  std::string label;
  std::string place;     // "configs/x.json: runs[2]", for messages
  std::int64_t row = 0;  // in the order of tables; runs of one row differ in their seed alone
};

struct StudyFile {
  static constexpr const char* kStated = "stated";
  static constexpr const char* kAssumed = "assumed";

  std::filesystem::path path;
  std::string name;
  std::string reproduces;  // citation; may be empty
  std::string note;        // words on scale, for table footers
  /// What was found, in sentences with references to cells (finding_text.h); a report begins with
  /// them.
  std::vector<std::string> findings;
  std::vector<std::string> plugins;  // absolute paths of shared libraries
  std::vector<StudyOutput> tables, figures;
  std::vector<std::string> papers;  // printed tables beside which its results stand
  std::string setting;              // of a study in a paper's own setting, else empty
  std::vector<std::string> merge;   // rules of merging, by name
  std::vector<std::string> reuse;   // names of other studies that have runs of it
  std::string reference;            // label that ablations compare with; may be empty
  /// Labels with what their rows are, for the foot of tables; in the order of the rows.
  std::vector<std::pair<std::string, std::string>> row_notes;
  /// "task/metric": that stand in a task's column and in averages instead of its first.
  std::vector<std::string> first_metrics;
  std::vector<StudyRun> runs;  // rows in order, each with its seeds in order
};

/// What a study file may say, for people and programs; `defaults` and `runs` as objects.
std::vector<OptionInfo> study_members();

/// Throws Error with file and place for a file that is no study: keys unknown or twice there, names
/// that leave the results folder, two rows of one label, a sweep of no list, ...
StudyFile read_study_file(const std::filesystem::path& file, const StudyOverrides& overrides = {});

/// Options as JSON values of "path=value" texts: a value that is no JSON is a string. Throws Error
/// where there is no path; `flag` names the place: "--set".
std::pair<std::string, nlohmann::json> parse_setting(const std::string& text,
                                                     const std::string& flag);

}  // namespace rankwise
