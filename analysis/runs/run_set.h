/// The run files of a study, sorted: what every table and figure is made from.
#pragma once

#include "analysis/runs/open_runs.h"
#include "framework/core/json.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// One run file as far as its attributes tell; file() has the rest.
struct Run {
  std::filesystem::path path;
  std::string study;
  std::string label;  // the row's name in tables and figures
  std::int64_t seed = 0;
  std::int64_t order = 0;  // of the row in its study file
  std::string status;      // "finished", "failed" or "running"
  std::string error;       // one line, of a failed run
  std::string protocol_hash;
  std::string config_hash;
  nlohmann::json attributes;
  std::shared_ptr<OpenRuns> opened = std::make_shared<OpenRuns>();  // shared by a set's runs

  /// The open file, as OpenRuns::open() gives it. Throws Error where it cannot be read.
  const RunFile& file() const { return opened->open(path); }

  /// An attribute as text; empty where there is none.
  std::string text(const std::string& name) const;
};

/// The finished runs of one label, by seed.
struct RunGroup {
  std::string label;
  std::vector<Run> runs;
};

struct RunSet {
  std::vector<RunGroup> groups;       // at least one; in the study's order
  std::vector<Run> failed, running;   // not used, but to be told of
  std::vector<std::string> warnings;  // one line for each file that could not be read
  std::vector<std::string> skipped;   // one line for each thing that only looks like a run file
  // From the studies' files, by heed():
  std::map<std::string, std::string> row_notes = {};  // what groups are, by label
  std::string reference = {};                         // the label that tables compare with

  std::vector<std::string> labels() const;  // of the groups
};

/// Reads runs: files, folders of them (and theirs, one level down), summaries. Labels that studies
/// share are told apart as "label (study)". Throws Error when a path does not exist, no run is
/// finished, or two different runs claim the same label and seed.
RunSet load_runs(const std::vector<std::filesystem::path>& paths);

/// From now on these metrics ("task/metric") stand for their tasks in every table and figure of the
/// runs, instead of the recorded first ones. Throws Error for a name that is no such pair.
void lead_with(const RunSet& runs, const std::vector<std::string>& metrics);

}  // namespace rankwise::analysis
