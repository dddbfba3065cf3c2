/// Merges the runs of a group, each of tasks of its own, into one model, scores it on every task,
/// and leaves a run file.
#pragma once

#include "framework/core/json.h"
#include "framework/merge/merge_method.h"

#include <cstdint>
#include <filesystem>
#include <memory>
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
};

/// The identity of a merged model: the rule with the options that differ from their defaults, and
/// the ids of the runs it is made from, a list.
nlohmann::json merge_identity(const MergeRequest& request, const nlohmann::json& sources);

/// Merges one group by one rule after the other; its models are loaded once, when first needed.
class Merger {
 public:
  explicit Merger(MergeGroup group, Paths paths = {}, std::string device = "cpu");
  Merger(Merger&&) noexcept;
  ~Merger();

  /// Where merge() puts its file: <the runs' folder>/merged/<group>-<rule>-s<seed>-<hash>.h5
  std::filesystem::path file(const MergeRequest& request) const;

  /// Makes the file unless it is there. True: it was made. Throws Error for an unknown rule or
  /// option, a task of two runs, sites that differ, or parameters that do not give the recorded
  /// scores.
  bool merge(const MergeRequest& request);

 private:
  struct Sources;
  nlohmann::json identity(const MergeRequest& request) const;

  MergeGroup group_;
  Paths paths_;
  std::string device_;
  std::unique_ptr<Sources> sources_;  // null: not loaded
};

}  // namespace rankwise
