/// Merges the runs of a group, one task each, into one model, scores it on every task, and leaves
/// a run file.
#pragma once

#include "framework/merge/merge_rule.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

/// Finished runs of one study, group and seed.
struct MergeGroup {
  std::string study, name;
  std::int64_t seed = 0;
  std::vector<std::filesystem::path> files;  // by order in the study
};

/// Groups the finished runs of `paths` (files, or folders of them) in the study's order; groups of
/// one run are left out. Throws Error where nothing is left.
std::vector<MergeGroup> merge_groups(const std::vector<std::filesystem::path>& paths);

struct MergeRequest {
  std::string rule;
  nlohmann::json options = nlohmann::json::object();
  Places places;
  std::string device = "cpu";
};

/// Where merge() puts its file: results/<study>/merged/<group>-<rule>-s<seed>-<hash>.h5
std::filesystem::path merged_file(const MergeGroup& group, const MergeRequest& request);

/// Makes the file unless it is there. True: it was made. Throws Error for an unknown rule or
/// option, two runs of one task, sites that differ, or parameters that do not give the recorded
/// scores.
bool merge(const MergeGroup& group, const MergeRequest& request);

}  // namespace rankwise
