#include "analysis/report/page_configs.h"

#include "analysis/runs/config_difference.h"
#include "analysis/runs/run_footers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rankwise::analysis {
namespace {

using Settings = std::map<std::string, std::string>;  // by path, as JSON

/// Members of an identity that are no settings, or whose content stands there instead of a name.
constexpr const char* kNoSettings[] = {"seed", "schema", "sources", "plugin", "init_from"};

nlohmann::json whole_config(const RunGroup& group) {
  return group.runs.front().attributes.value("config", nlohmann::json::object());
}

/// Weights and tasks by their names; the identity has the hashes of their content.
void name_contents(const nlohmann::json& config, Settings& settings) {
  for (const char* path : {"/backbone/weights", "/data/suite", "/data/tasks", "/init_from"}) {
    const nlohmann::json::json_pointer place(path);
    std::string name = std::string(path + 1);
    std::replace(name.begin(), name.end(), '/', '.');
    settings.erase(name);
    if (!config.contains(place)) continue;
    const nlohmann::json& value = config.at(place);
    const bool no_text = value.is_string() && value.get_ref<const std::string&>().empty();
    if (value.empty() || no_text) continue;
    settings[name] = value.dump();
  }
  settings.erase("data.content");
}

/// What a row sets to other values than the defaults; of runs of an early program, which did not
/// record that, the whole config.
Settings settings_of(const RunGroup& group) {
  nlohmann::json set = group.runs.front().attributes.value("identity", nameless_config(group));
  for (const char* member : kNoSettings) set.erase(member);
  Settings settings;
  for (const auto& [path, value] : leaves(set)) {
    const bool of_variant = path.starts_with("options.");
    settings[of_variant ? option_name(path) : path] = value.dump();
  }
  name_contents(whole_config(group), settings);
  settings.erase("variant");
  return settings;
}

/// The settings that all rows have alike.
Settings shared_by(const std::vector<Settings>& rows) {
  Settings shared = rows.front();
  for (const Settings& row : rows) {
    std::erase_if(shared, [&](const auto& setting) {
      const auto found = row.find(setting.first);
      return found == row.end() || found->second != setting.second;
    });
  }
  return shared;
}

/// "rank: 8" each, without those of `others`.
PageData texts_of(const Settings& settings, const Settings& others) {
  std::vector<PageData> texts;
  for (const auto& [path, value] : settings) {
    if (!others.contains(path)) texts.emplace_back(fmt::format("{}: {}", path, value));
  }
  return list_of(texts);
}

}  // namespace

void add_configs(const RunSet& runs, PageData& page) {
  std::vector<Settings> settings;
  for (const RunGroup& group : runs.groups) settings.push_back(settings_of(group));
  const Settings shared = settings.size() > 1 ? shared_by(settings) : Settings{};
  std::vector<PageData> rows;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    PageData row;
    row["label"] = runs.groups[i].label;
    row["variant"] = whole_config(runs.groups[i]).value("variant", "");
    row["seeds"] = seeds_text(runs.groups[i]);
    row["own"] = texts_of(settings[i], shared);
    row["is_default"] = settings[i].size() == shared.size();
    rows.push_back(std::move(row));
  }
  page["rows"] = list_of(rows);
  page["has_shared"] = !shared.empty();
  page["shared"] = texts_of(shared, {});
  page["first_label"] = runs.groups.front().label;
  page["first_config"] = whole_config(runs.groups.front()).dump(2);
}

}  // namespace rankwise::analysis
