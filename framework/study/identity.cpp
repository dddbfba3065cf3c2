#include "framework/study/identity.h"

#include "framework/core/error.h"
#include "framework/core/hash.h"
#include "framework/core/json_file.h"

#include <optional>

namespace rankwise {
namespace {

using nlohmann::json;

/// {"sampler": {"tasks": "equal"}} -> {"sampler.tasks": "equal"}, down to the names of options.
void flatten(const json& values, const std::string& prefix, const std::set<std::string>& names,
             json& flat) {
  for (const auto& [key, value] : values.items()) {
    const std::string name = prefix.empty() ? key : fmt::format("{}.{}", prefix, key);
    if (value.is_object() && !names.contains(name)) {
      flatten(value, name, names, flat);
    } else {
      flat[name] = value;
    }
  }
}

std::set<std::string> known_names(const std::vector<OptionInfo>& options) {
  std::set<std::string> names;
  for (const OptionInfo& option : options) {
    names.insert(option.name);
    names.insert(option.aliases.begin(), option.aliases.end());
  }
  return names;
}

/// The option's first name: a rename changes no id.
const std::string& first_name(const OptionInfo& option) {
  return option.aliases.empty() ? option.name : option.aliases.back();
}

/// Takes the option's value out of `flat`, under its name or an old one.
std::optional<json> take(json& flat, const OptionInfo& option) {
  std::vector<std::string> names = option.aliases;
  names.push_back(option.name);
  for (const std::string& name : names) {
    const auto found = flat.find(name);
    if (found == flat.end()) continue;
    json value = *found;
    flat.erase(found);
    return value;
  }
  return std::nullopt;
}

}  // namespace

json differing(const IdentitySection& section) {
  json flat = json::object();
  flatten(section.values, "", known_names(section.options), flat);
  json result = json::object();
  for (const OptionInfo& option : section.options) {
    const std::optional<json> value = take(flat, option);
    if (!value || section.without.contains(option.name)) continue;
    if (*value != json::parse(option.default_value)) result[first_name(option)] = *value;
  }
  check(flat.empty(), "option '{}' of a stored config is not known any more",
        flat.empty() ? "" : flat.begin().key());
  if (section.revision != 1) result["revision"] = section.revision;
  return result;
}

json under_first_names(const json& values, const std::vector<OptionInfo>& options) {
  json left = values;
  json result = json::object();
  for (const OptionInfo& option : options) {
    if (const auto value = take(left, option)) result[first_name(option)] = *value;
  }
  return result;
}

json protocol_of(json identity) {
  for (const char* key :
       {"variant", "options", "plugin", "seed", "adapter_seed", "sites", "record"}) {
    identity.erase(key);
  }
  if (identity.contains("init_from")) identity["init_from"] = true;
  for (const char* key : {"learning_rate", "head_learning_rate"}) identity["train"].erase(key);
  const json train = identity["train"];
  for (const auto& [key, value] : train.items()) {
    if (key.starts_with("sampler.")) identity["train"].erase(key);
  }
  return identity;
}

std::string identity_hash(const json& identity) { return sha256(canonical(identity)); }

}  // namespace rankwise
