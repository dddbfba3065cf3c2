/// What the readers of a checkpoint's config.json share: every member is one that the code
/// computes, or one that changes no hidden row.
#pragma once

#include "framework/core/json.h"

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace rankwise {

struct ConfigKind {
  std::string name;                // "BERT", for messages
  std::vector<std::string> types;  // values of model_type
  nlohmann::json fixed;            // members that have one value here, which is also their default
  std::set<std::string> read;      // members that the reader takes
  std::set<std::string> harmless = {};  // beside those that are so for every kind
};

/// config.json as an object of the kind. Throws Error for a member that has another value than the
/// fixed one, or that is not known: file, member, what was found and what was expected.
nlohmann::json read_config(const std::filesystem::path& file, const ConfigKind& kind);

/// A positive integer. Throws Error where it is missing or something else.
std::int64_t config_size(const nlohmann::json& config, const std::filesystem::path& file,
                         const std::string& key);

/// A positive number; `otherwise` where the member is missing or null.
double config_number(const nlohmann::json& config, const std::filesystem::path& file,
                     const std::string& key, double otherwise);

/// For messages: 'gelu', 12.
std::string shown(const nlohmann::json& value);

}  // namespace rankwise
