#include "framework/adapter/by_site.h"

#include "framework/core/error.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace rankwise {

using nlohmann::json;

namespace {

// Throws Error for an option that is alike at all sites, or none.
void check_may_differ(const json& own, const std::string& path,
                      const std::vector<OptionName>& names,
                      const std::vector<std::string>& differing) {
  std::vector<OptionName> known;
  for (const OptionName& name : names) {
    if (std::find(differing.begin(), differing.end(), name.now) != differing.end()) {
      known.push_back(name);
      continue;
    }
    check(name.in(own).empty(), "{}: '{}' is one for all sites; the options that may differ are {}",
          path, name.in(own), fmt::join(differing, ", "));
  }
  options::check_keys(path, own, known);
}

}  // namespace

void check_together(const std::string& path, const std::function<void()>& make) {
  try {
    make();
  } catch (const Error& error) {
    fail("{}.{}", path, error.what());
  }
}

std::string site_options_path(const std::string& path, const std::string& pattern) {
  return options::join_path(path, fmt::format("{}.{}", kSiteOptions, pattern));
}

SplitOptions split_site_options(const json& options, const std::string& path,
                                const std::vector<OptionName>& names,
                                const std::vector<std::string>& differing) {
  SplitOptions split{options, {}};
  if (!options.is_object()) return split;
  std::vector<OptionName> known = names;
  known.emplace_back(kSiteOptions);
  options::check_keys(path, options, known);
  const json given = options.value(kSiteOptions, json::object());
  split.common.erase(kSiteOptions);
  const std::string here = options::join_path(path, kSiteOptions);
  if (!given.is_object()) options::fail_type(here, given, "an object of patterns of sites");
  for (const auto& [pattern, own] : given.items()) {
    const std::string place = site_options_path(path, pattern);
    if (!own.is_object()) options::fail_type(place, own, "an object of options");
    check_may_differ(own, place, names, differing);
    split.own[pattern] = own;
  }
  return split;
}

json differing_members(const json& own, const json& common) {
  json differing = json::object();
  for (const auto& [name, value] : own.items()) {
    if (value != common.at(name)) differing[name] = value;
  }
  return differing;
}

OptionInfo describe_site_options(const std::vector<std::string>& some) {
  std::string help = R"(options of sites that have others, by pattern: {"*.query": {"rank": 4}})";
  if (!some.empty()) help += fmt::format("; may hold {}", fmt::join(some, ", "));
  return {.name = kSiteOptions,
          .type = "an object",
          .default_value = "{}",
          .expectation = "",
          .help = help,
          .aliases = {}};
}

}  // namespace rankwise
