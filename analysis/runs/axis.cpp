#include "analysis/runs/axis.h"

#include "analysis/runs/config_difference.h"
#include "framework/core/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>

namespace rankwise::analysis {
namespace {

constexpr const char* kNoValue = "–";

std::optional<double> as_number(const std::string& text) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') return std::nullopt;
  return value;
}

nlohmann::json config_of(const Run& run) {
  const auto found = run.attributes.find("config");
  return found != run.attributes.end() && found->is_object() ? *found : nlohmann::json::object();
}

/// Paths of the config on which some run differs from the first.
std::string differing_axes(const RunSet& set) {
  std::set<std::string> paths;
  const nlohmann::json first = config_of(set.groups.front().runs.front());
  for (const RunGroup& group : set.groups) {
    for (const Run& run : group.runs) {
      for (const auto& difference : differences(first, config_of(run))) {
        paths.insert(difference.path);
      }
    }
  }
  return fmt::format("{}", fmt::join(paths, ", "));
}

/// Numbers, by size, before words, which keep their order.
void sort_values(std::vector<std::string>& values) {
  std::stable_sort(values.begin(), values.end(), [](const auto& a, const auto& b) {
    const auto x = as_number(a), y = as_number(b);
    return x && y ? *x < *y : x && !y;
  });
}

}  // namespace

std::string axis_value(const Run& run, const std::string& axis) {
  if (axis == "label") return run.label;
  std::string attribute = run.text(axis);
  if (!attribute.empty()) return attribute;
  const auto values = leaves(config_of(run));
  const auto found = values.find(axis);
  if (found == values.end()) return kNoValue;
  return found->second.is_string() ? found->second.get<std::string>() : found->second.dump();
}

std::vector<std::string> axis_values(const RunSet& set, const std::string& axis) {
  std::vector<std::string> values;
  for (const RunGroup& group : set.groups) {
    for (const Run& run : group.runs) {
      const std::string value = axis_value(run, axis);
      if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
    }
  }
  check(values != std::vector<std::string>{kNoValue}, "no run has '{}'; these runs differ in {}",
        axis, differing_axes(set));
  if (axis != "label") sort_values(values);
  return values;
}

void check_one_run_a_seed(const std::vector<const Run*>& runs, const std::string& where) {
  std::map<std::int64_t, const Run*> by_seed;
  for (const Run* run : runs) {
    const auto [other, added] = by_seed.emplace(run->seed, run);
    if (added) continue;
    std::vector<std::string> apart;
    for (const auto& difference : differences(config_of(*other->second), config_of(*run))) {
      if (difference.path != "label" && difference.path != "group") {
        apart.push_back(difference.path);
      }
    }
    fail(
        "{} would hold two runs of seed {}, '{}' and '{}', which differ in {}; choose another "
        "axis, or keep some runs with --where",
        where, run->seed, other->second->label, run->label,
        apart.empty() ? "nothing in their config" : fmt::format("{}", fmt::join(apart, ", ")));
  }
}

RunSet group_by(const RunSet& set, const std::string& axis) {
  if (axis == "label") return set;
  RunSet grouped = set;
  grouped.groups.clear();
  for (const std::string& value : axis_values(set, axis)) {
    RunGroup& to = grouped.groups.emplace_back(RunGroup{value, {}});
    for (const RunGroup& group : set.groups) {
      for (const Run& run : group.runs) {
        if (axis_value(run, axis) == value) to.runs.push_back(run);
      }
    }
    std::vector<const Run*> members;
    for (const Run& run : to.runs) members.push_back(&run);
    check_one_run_a_seed(members, fmt::format("{} = {}", axis, value));
    std::stable_sort(to.runs.begin(), to.runs.end(),
                     [](const Run& a, const Run& b) { return a.seed < b.seed; });
  }
  return grouped;
}

RunSet keep_where(const RunSet& set, const std::vector<std::string>& conditions) {
  RunSet kept = set;
  for (const std::string& condition : conditions) {
    const auto equals = condition.find('=');
    check(equals != std::string::npos && equals > 0, "--where {}: expected axis=value", condition);
    const std::string axis = condition.substr(0, equals), value = condition.substr(equals + 1);
    const std::vector<std::string> values = axis_values(kept, axis);
    for (RunGroup& group : kept.groups) {
      std::erase_if(group.runs, [&](const Run& run) { return axis_value(run, axis) != value; });
    }
    std::erase_if(kept.groups, [](const RunGroup& group) { return group.runs.empty(); });
    check(!kept.groups.empty(), "no run has {} = {}; its values are {}", axis, value,
          fmt::join(values, ", "));
  }
  return kept;
}

}  // namespace rankwise::analysis
