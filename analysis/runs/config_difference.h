/// What differs between JSON objects, by dotted path.
#pragma once

#include "analysis/runs/run_set.h"
#include "framework/core/json.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// Everything below an object that is no object itself: "train.steps" -> 100. A list is one leaf,
/// an empty object none.
std::map<std::string, nlohmann::json> leaves(const nlohmann::json& object);

/// The resolved config of a row without what names its runs: label, group and seed. Empty where
/// none is recorded.
nlohmann::json nameless_config(const RunGroup& group);

/// The options that a row sets to other values than its variant's defaults; nothing where its runs
/// are of an early program, which did not record them.
std::optional<nlohmann::json> own_options(const RunGroup& group);

inline constexpr const char* kNoLeaf = "–";

struct LeafDifference {
  std::string path;
  std::string a, b;  // as JSON; kNoLeaf where there is none
};

/// The leaves that are not alike, by path.
std::vector<LeafDifference> differences(const nlohmann::json& a, const nlohmann::json& b);

/// What an option is called: "options.rank" -> "rank", and of an option at some sites
/// "options.site_options.*.query.rank" -> "*.query.rank".
std::string option_name(const std::string& path);

/// "options.rank: 8 → 16", "options.active: 4" where there is no first value.
std::string to_text(const LeafDifference& difference);

}  // namespace rankwise::analysis
