/// One run of a study, resolved: every default filled in, every name checked.
#pragma once

#include "framework/core/json.h"
#include "framework/suites/suite.h"
#include "framework/train/options.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

/// Where a run reads and writes; none of it changes a result.
struct Places {
  std::filesystem::path data = "data";        // suites/ and models/
  std::filesystem::path results = "results";  // a folder a study below it
};

struct RunConfig {
  std::string label;
  std::string group;  // of runs that are merged into one model, or drawn as one line
  std::string variant;
  nlohmann::json options;  // the variant's, resolved
  std::int64_t seed = 0;
  std::int64_t adapter_stream = 0;  // other numbers draw the adapter's initial values anew
  std::string backbone;
  nlohmann::json backbone_options;  // resolved
  DataOptions data;
  TrainOptions train;
  RecordOptions record;
  std::vector<std::string> sites;  // patterns

  /// The resolved config as JSON: what a study file could say, with nothing left to defaults.
  nlohmann::json to_json() const;
};

/// From a run's JSON, with the members that to_json() gives; all but `variant` have defaults.
/// `path` names the place in messages. Throws Error for anything unknown or out of range.
RunConfig resolve_run(const nlohmann::json& run, const std::string& path);

/// What the run's suite is found or made by. The tokenizer is that of the backbone's weights.
SuiteSetting suite_setting(const RunConfig& config, const Places& places);

/// Identity of a run, from its config and the bytes it reads.
struct RunIdentity {
  std::string data_sha256, weights_sha256;
  std::string config_hash;  // label, group, threads, device and places do not enter
  // What rows of one table must share: not variant, options, rates, sampler.
  std::string protocol_hash;
};

/// Throws Error where data or weights are missing.
RunIdentity identify(const RunConfig& config, const Places& places);

/// results/<study>/<label>-s<seed>-<first ten digits of the config hash>.h5
std::filesystem::path run_file(const RunConfig& config, const RunIdentity& identity,
                               const std::string& study, const Places& places);

/// The last part of that name, which label and study do not enter: "-s3-0123456789.h5"
std::string run_file_ending(const RunConfig& config, const RunIdentity& identity);

/// The lock beside it that the process which executes the run holds.
std::filesystem::path lock_path(const std::filesystem::path& run_file);

}  // namespace rankwise
