#include "analysis/runs/config_sweep.h"

#include "analysis/runs/config_difference.h"
#include "framework/core/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace rankwise::analysis {
namespace {

using nlohmann::json;

/// A resolved config by path: "options.rank" -> 8.
using Config = std::map<std::string, json>;

std::vector<Config> configs_of(const RunSet& runs) {
  std::vector<Config> configs;
  configs.reserve(runs.groups.size());
  for (const RunGroup& group : runs.groups) configs.push_back(leaves(nameless_config(group)));
  return configs;
}

std::optional<double> number_at(const Config& config, const std::string& path) {
  const auto found = config.find(path);
  if (found == config.end() || !found->second.is_number()) return std::nullopt;
  return found->second.get<double>();
}

/// Lines along an axis by the rest of their configs; of equal points the first is kept.
struct Lines {
  std::vector<Config> rest;
  std::vector<SweepLine> lines;
};

Lines lines_along(const std::vector<Config>& configs, const std::string& axis) {
  Lines result;
  for (std::size_t i = 0; i < configs.size(); ++i) {
    const auto at = number_at(configs[i], axis);
    if (!at) continue;
    Config rest = configs[i];
    rest.erase(axis);
    const auto found = std::find(result.rest.begin(), result.rest.end(), rest);
    const auto line = static_cast<std::size_t>(found - result.rest.begin());
    if (found == result.rest.end()) {
      result.rest.push_back(std::move(rest));
      result.lines.emplace_back();
    }
    result.lines[line].point.emplace(*at, i);
  }
  return result;
}

/// Whether a number only names a stream of random numbers: "seed", "adapter_seed",
/// "adapter_stream".
bool names_a_stream(const std::string& path) {
  return path.ends_with("seed") || path.ends_with("_stream");
}

bool has_line(const Lines& lines) {
  return std::any_of(lines.lines.begin(), lines.lines.end(),
                     [](const SweepLine& line) { return line.point.size() > 1; });
}

std::string text_at(const Config& config, const std::string& path) {
  const auto found = config.find(path);
  if (found == config.end()) return "";
  return found->second.is_string() ? found->second.get<std::string>() : found->second.dump();
}

/// "flylora density=0.25": the variant, and the values in which its lines differ.
void name_lines(std::vector<SweepLine>& lines, const std::vector<Config>& rest) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string variant = text_at(rest[i], "variant");
    lines[i].name = variant;
    for (const auto& entry : rest[i]) {
      const std::string& path = entry.first;
      const bool differs = std::any_of(rest.begin(), rest.end(), [&](const Config& other) {
        return text_at(other, "variant") == variant &&
               text_at(other, path) != text_at(rest[i], path);
      });
      if (differs) {
        lines[i].name += fmt::format(" {}={}", option_name(path), text_at(rest[i], path));
      }
    }
  }
}

}  // namespace

std::vector<std::string> sweep_axes(const RunSet& runs) {
  const std::vector<Config> configs = configs_of(runs);
  std::set<std::string> paths;
  for (const Config& config : configs) {
    for (const auto& [path, value] : config) {
      if (value.is_number() && !names_a_stream(path)) paths.insert(path);
    }
  }
  std::vector<std::string> axes;
  for (const std::string& path : paths) {
    if (has_line(lines_along(configs, path))) axes.push_back(path);
  }
  check(!axes.empty(), "no two labels differ in one number of their config alone: no sweep");
  return axes;
}

ConfigSweep find_sweep(const RunSet& runs, const std::string& axis) {
  check(!names_a_stream(axis), "'{}' numbers a random stream, which is no axis to sweep over",
        axis);
  const Lines found = lines_along(configs_of(runs), axis);
  check(has_line(found), "no two labels differ in '{}' alone: no sweep", axis);
  ConfigSweep sweep{axis, {}, {}};
  std::vector<Config> rest;
  std::set<std::size_t> drawn;
  for (std::size_t i = 0; i < found.lines.size(); ++i) {
    if (found.lines[i].point.size() < 2) continue;
    sweep.lines.push_back(found.lines[i]);
    rest.push_back(found.rest[i]);
    for (const auto& [at, group] : found.lines[i].point) drawn.insert(group);
  }
  name_lines(sweep.lines, rest);
  for (std::size_t i = 0; i < runs.groups.size(); ++i) {
    if (!drawn.contains(i)) sweep.left_out.push_back(runs.groups[i].label);
  }
  return sweep;
}

}  // namespace rankwise::analysis
