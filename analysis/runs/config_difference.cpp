#include "analysis/runs/config_difference.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

namespace rankwise::analysis {
namespace {

void add_leaves(const nlohmann::json& value, const std::string& path,
                std::map<std::string, nlohmann::json>& leaves) {
  if (!value.is_object()) {
    leaves[path] = value;
    return;
  }
  for (const auto& [key, child] : value.items()) {
    add_leaves(child, fmt::format("{}.{}", path, key), leaves);
  }
}

}  // namespace

std::map<std::string, nlohmann::json> leaves(const nlohmann::json& object) {
  std::map<std::string, nlohmann::json> found;
  for (const auto& [key, child] : object.items()) add_leaves(child, key, found);
  return found;
}

nlohmann::json nameless_config(const RunGroup& group) {
  nlohmann::json config = group.runs.front().attributes.value("config", nlohmann::json::object());
  for (const char* name : {"label", "group", "seed"}) config.erase(name);
  return config;
}

std::optional<nlohmann::json> own_options(const RunGroup& group) {
  const nlohmann::json& attributes = group.runs.front().attributes;
  const auto identity = attributes.find("identity");
  if (identity == attributes.end() || !identity->contains("options")) return std::nullopt;
  return identity->at("options");
}

std::vector<LeafDifference> differences(const nlohmann::json& a, const nlohmann::json& b) {
  const auto leaves_a = leaves(a), leaves_b = leaves(b);
  std::set<std::string> paths;
  for (const auto& side : {leaves_a, leaves_b}) {
    for (const auto& [path, value] : side) paths.insert(path);
  }
  const auto text = [](const auto& side, const std::string& path) {
    const auto found = side.find(path);
    return found == side.end() ? std::string(kNoLeaf) : found->second.dump();
  };
  std::vector<LeafDifference> result;
  for (const std::string& path : paths) {
    const LeafDifference difference{path, text(leaves_a, path), text(leaves_b, path)};
    if (difference.a != difference.b) result.push_back(difference);
  }
  return result;
}

std::string option_name(const std::string& path) {
  constexpr std::string_view kOfSites = "site_options.";
  const auto sites = path.find(kOfSites);
  if (sites != std::string::npos) return path.substr(sites + kOfSites.size());
  return path.substr(path.rfind('.') + 1);
}

std::string to_text(const LeafDifference& difference) {
  if (difference.a == kNoLeaf) return fmt::format("{}: {}", difference.path, difference.b);
  return fmt::format("{}: {} → {}", difference.path, difference.a, difference.b);
}

}  // namespace rankwise::analysis
