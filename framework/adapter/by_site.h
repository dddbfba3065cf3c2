/// Options that differ at some sites: `site_options` among a variant's options, from a pattern of
/// sites' names to the options that differ there.
///
///     {"rank": 8, "site_options": {"*.query": {"rank": 4, "alpha": 8}}}
#pragma once

#include "framework/core/error.h"
#include "framework/core/glob.h"
#include "framework/core/json.h"
#include "framework/core/options.h"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rankwise {

inline constexpr const char* kSiteOptions = "site_options";

/// A variant's options, whole ones for every site.
template <class Options>
struct BySite {
  Options common;
  std::map<std::string, Options> own = {};  // of the sites that a pattern matches

  /// Throws Error where two patterns match the site.
  const Options& at(const std::string& site) const {
    const std::pair<const std::string, Options>* found = nullptr;
    for (const auto& one : own) {
      if (!matches(one.first, site)) continue;
      if (found != nullptr) {
        fail("{}: '{}' and '{}' both match {}; let one of them match it", kSiteOptions,
             found->first, one.first, site);
      }
      found = &one;
    }
    return found == nullptr ? common : found->second;
  }
};

/// Options whose validate() throws Error where values do not fit each other.
template <class Options>
concept Validated = requires(const Options& options) {
  options.validate();
};

/// Runs a variant's own checks, of options that must fit each other; names the place on failure.
void check_together(const std::string& path, const std::function<void()>& make);

/// parse_options() together with the options' own checks.
template <class Options>
Options parse_fitting(const nlohmann::json& value, const std::string& path, Options defaults) {
  Options parsed = parse_options<Options>(value, path, std::move(defaults));
  if constexpr (Validated<Options>) check_together(path, [&] { parsed.validate(); });
  return parsed;
}

template <class Options>
std::vector<OptionName> option_names() {
  std::vector<OptionName> names;
  Options options;
  Options::visit(options, options::NameCollector{names});
  return names;
}

/// Options as a study says them, those of sites apart.
struct SplitOptions {
  nlohmann::json common;
  std::map<std::string, nlohmann::json> own;  // by pattern
};

/// Throws Error for keys that are no `names`, and for options of sites that are not among
/// `differing`.
SplitOptions split_site_options(const nlohmann::json& options, const std::string& path,
                                const std::vector<OptionName>& names,
                                const std::vector<std::string>& differing);
std::string site_options_path(const std::string& path, const std::string& pattern);

/// `differing`: names of the options that `site_options` may hold. Throws Error.
template <class Options>
BySite<Options> parse_by_site(const nlohmann::json& options, const std::string& path,
                              Options defaults, const std::vector<std::string>& differing) {
  const SplitOptions split = split_site_options(options, path, option_names<Options>(), differing);
  BySite<Options> parsed{parse_fitting<Options>(split.common, path, std::move(defaults))};
  for (const auto& [pattern, own] : split.own) {
    parsed.own.emplace(
        pattern, parse_fitting<Options>(own, site_options_path(path, pattern), parsed.common));
  }
  return parsed;
}

/// Options that were resolved before.
template <class Options>
BySite<Options> resolved_by_site(const nlohmann::json& options) {
  std::vector<std::string> all;
  for (const OptionName& name : option_names<Options>()) all.push_back(name.now);
  return parse_by_site<Options>(options, "options", {}, all);
}

/// The members of `own` that are others in `common`.
nlohmann::json differing_members(const nlohmann::json& own, const nlohmann::json& common);

/// Every common option with its value; of a pattern those that differ. Without patterns there is no
/// `site_options`.
template <class Options>
nlohmann::json by_site_to_json(const BySite<Options>& options) {
  const nlohmann::json common = options_to_json(options.common);
  nlohmann::json all = common;
  for (const auto& [pattern, own] : options.own) {
    all[kSiteOptions][pattern] = differing_members(options_to_json(own), common);
  }
  return all;
}

/// What lists and `describe` say of it, where all options but the reading may differ, or some.
OptionInfo describe_site_options(const std::vector<std::string>& some);

}  // namespace rankwise
