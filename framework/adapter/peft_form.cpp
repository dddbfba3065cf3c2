#include "framework/adapter/peft_form.h"

#include "framework/core/error.h"

#include <algorithm>
#include <cmath>
#include <regex>

namespace rankwise {

using nlohmann::json;

namespace {

std::regex pattern_of(const std::string& text) {
  try {
    return std::regex(text);
  } catch (const std::regex_error& error) {
    fail("'{}' is no regular expression that we read ({})", text, error.what());
  }
}

}  // namespace

json plain_number(double value) {
  constexpr double kExact = 1e15;
  if (value == std::floor(value) && std::abs(value) < kExact) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

json to_peft(const PeftRank& common, const std::vector<PeftSite>& sites,
             const std::function<PeftRank(const std::string& site)>& at_site) {
  json config{{"r", common.rank},
              {"lora_alpha", plain_number(common.alpha)},
              {"lora_dropout", common.dropout},
              {"rank_pattern", json::object()},
              {"alpha_pattern", json::object()}};
  for (const auto& [site, module] : sites) {
    const PeftRank own = at_site(site);
    if (own.rank != common.rank) config["rank_pattern"][module] = own.rank;
    if (own.alpha != common.alpha) config["alpha_pattern"][module] = plain_number(own.alpha);
  }
  return config;
}

PeftRank peft_rank(const json& config) {
  const PeftRank usual;
  return {.rank = config.value("r", usual.rank),
          .alpha = config.value("lora_alpha", usual.alpha),
          .dropout = config.value("lora_dropout", usual.dropout)};
}

json pattern_value(const json& patterns, const std::string& module) {
  if (!patterns.is_object()) return nullptr;
  for (const auto& [key, value] : patterns.items()) {
    if (std::regex_match(module, pattern_of("(.*\\.)?(" + key + ")"))) return value;
  }
  return nullptr;
}

json peft_site_options(const json& config, const std::vector<PeftSite>& sites) {
  json options = json::object();
  for (const auto& [site, module] : sites) {
    const json rank = pattern_value(config.value("rank_pattern", json()), module);
    const json alpha = pattern_value(config.value("alpha_pattern", json()), module);
    if (!rank.is_null()) options[site]["rank"] = rank;
    if (!alpha.is_null()) options[site]["alpha"] = alpha;
  }
  return options;
}

bool names_module(const json& modules, const std::string& module) {
  if (modules.is_string()) {
    return std::regex_match(module, pattern_of(modules.get<std::string>()));
  }
  if (!modules.is_array()) return false;
  return std::any_of(modules.begin(), modules.end(), [&](const json& item) {
    const auto name = item.get<std::string>();
    return module == name || module.ends_with("." + name);
  });
}

}  // namespace rankwise
