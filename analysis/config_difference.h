/// What differs between JSON objects, by dotted path.
#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace rankwise {

/// Everything below an object that is no object itself: "train.steps" -> 100. A list is one leaf,
/// an empty object none.
std::map<std::string, nlohmann::json> leaves(const nlohmann::json& object);

struct LeafDifference {
  std::string path;
  std::string a, b;  // as JSON; "–" where there is none
};

/// The leaves that are not alike, by path.
std::vector<LeafDifference> differences(const nlohmann::json& a, const nlohmann::json& b);

/// "options.rank: 8 → 16"
std::string to_text(const LeafDifference& difference);

}  // namespace rankwise
