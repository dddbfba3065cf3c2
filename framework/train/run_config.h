/// One run of a study, resolved: every default filled in, every name checked.
#pragma once

#include "framework/suites/suite.h"
#include "framework/train/options.h"

#include <nlohmann/json.hpp>

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
  std::string variant;
  nlohmann::json options;  // the variant's, resolved
  std::int64_t seed = 0;
  std::string backbone;
  nlohmann::json backbone_options;  // resolved
  DataOptions data;
  TrainOptions train;
  RecordOptions record;
  std::vector<std::string> sites;  // patterns

  /// The resolved config as JSON: what a study file could say, with nothing left to defaults.
  nlohmann::json to_json() const;
};

/// From a run's JSON (variant, label, options, seed, backbone, data, train, record, sites).
/// `path` names the place in messages. Throws Error for anything unknown or out of range.
RunConfig resolve_run(const nlohmann::json& run, const std::string& path);

/// What the run's suite is found or made by. The tokenizer is that of the backbone's weights.
SuiteSetting suite_setting(const RunConfig& config, const Places& places);

/// Identity of a run, from its config and the bytes it reads.
struct RunIdentity {
  std::string data_sha256, weights_sha256;
  std::string config_hash;  // label, threads, device and places do not enter
  std::string
      protocol_hash;  // what rows of one table must share: not variant, options, rates, sampler
};

/// Throws Error where data or weights are missing.
RunIdentity identify(const RunConfig& config, const Places& places);

/// results/<study>/<label>-s<seed>-<first ten digits of the config hash>.h5
std::filesystem::path run_file(const RunConfig& config, const RunIdentity& identity,
                               const std::string& study, const Places& places);

/// The lock beside it that the process which executes the run holds.
std::filesystem::path lock_path(const std::filesystem::path& run_file);

/// Lower-case letters, digits, '.', '_' and '-': for file names.
std::string slug(const std::string& text);

}  // namespace rankwise
