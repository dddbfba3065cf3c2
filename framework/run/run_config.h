/// One run of a study, resolved: every default filled in, every name checked.
#pragma once

#include "framework/core/json.h"
#include "framework/record/lock_path.h"
#include "framework/suites/suite.h"
#include "framework/train/options.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

/// Where a run reads and writes; none of it changes a result.
struct Paths {
  std::filesystem::path data = "data";        // suites/ and models/
  std::filesystem::path results = "results";  // a folder a study below it
};

struct RunConfig {
  std::string label;
  std::string group;  // of runs that are merged into one model, or drawn as one line
  std::string variant;
  nlohmann::json options;  // the variant's, resolved
  std::int64_t seed = 0;
  std::int64_t adapter_seed = 0;  // changes only the adapter's initialisation
  std::string backbone;
  nlohmann::json backbone_options;  // resolved
  DataOptions data;
  TrainOptions train;
  RecordOptions record;
  std::vector<std::string> sites;  // patterns
  std::string init_from;           // whose parameters it starts from (init_from.h); empty: fresh

  /// The resolved config as JSON: what a study file could say, with nothing left to defaults.
  nlohmann::json to_json() const;
};

/// From a run's JSON, with the members that to_json() gives; all but `variant` have defaults.
/// `path` names the place in messages. Throws Error for anything unknown or out of range.
RunConfig resolve_run(const nlohmann::json& run, const std::string& path);

/// What a run of a study file may say, for people and programs: `train` and `record` member by
/// member, the options of variant, backbone and data as objects.
std::vector<OptionInfo> run_members();

/// What the run's suite is found or made by. The tokenizer is that of the backbone's weights.
SuiteInputs suite_inputs(const RunConfig& config, const Paths& paths);

/// What makes a run the run it is (identify.h).
struct RunIdentity {
  // Of what it reads; empty: made in memory, random, fresh.
  std::string tasks_sha256, weights_sha256, init_sha256;
  nlohmann::json identity;    // what differs from defaults
  std::string config_hash;    // the run's id: SHA-256 of the identity
  std::string protocol_hash;  // of what rows of one table must share
};

/// results/<study>/<label>-s<seed>-<first ten digits of the id>.h5
std::filesystem::path run_file(const RunConfig& config, const RunIdentity& identity,
                               const std::string& study, const Paths& paths);

/// The last part of that name, which label and study do not enter: "-s3-0123456789.h5"
std::string run_file_ending(const RunConfig& config, const RunIdentity& identity);

}  // namespace rankwise
