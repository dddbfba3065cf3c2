/// How PEFT (https://github.com/huggingface/peft) says what a variant trains: told by the variant,
/// used by framework/exchange.
#pragma once

#include "framework/adapter/by_site.h"
#include "framework/adapter/site.h"
#include "framework/core/json.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

/// A site under the name that its module has in PEFT's files.
struct PeftSite {
  std::string site;    // "layers.0.self_attn.q_proj"
  std::string module;  // "model.layers.0.self_attn.q_proj"
};

/// One site's tensors by name: ours as the update calls them ("lora_A"), theirs as they stand
/// behind the module ("lora_A.weight").
using SiteTensors = std::map<std::string, torch::Tensor>;

/// Functions that read a config of theirs throw Error, or nlohmann's exceptions for a value of
/// another type.
struct PeftForm {
  using Config = nlohmann::json;

  std::string type;                          // their peft_type
  std::map<std::string, std::string> names;  // theirs by ours: {"lora_A", "lora_A.weight"}
  /// What adapter_config.json says of these options.
  std::function<Config(const nlohmann::json& options, const std::vector<PeftSite>& sites)> write;
  /// Options that say the same; nothing where the config is another variant's.
  std::function<std::optional<nlohmann::json>(const Config&, const std::vector<PeftSite>& sites)>
      read;
  /// A site's tensors on their way out and in, under their names; by default they go as they are.
  std::function<SiteTensors(SiteTensors theirs, const PeftSite&, const Config&)> going_out = {};
  std::function<SiteTensors(SiteTensors theirs, const PeftSite&, const Config&)> coming_in = {};
};

/// What all LoRA-like configs have.
struct PeftRank {
  std::int64_t rank = 8;
  double alpha = 8;
  double dropout = 0;
};
/// `common`, with what `at_site` says of the sites that have another rank or alpha.
nlohmann::json to_peft(const PeftRank& common, const std::vector<PeftSite>& sites,
                       const std::function<PeftRank(const std::string& site)>& at_site);
/// The same of options that have a rank, an alpha (null: 2 * rank) and a dropout.
template <class Options>
nlohmann::json to_peft(const BySite<Options>& options, const std::vector<PeftSite>& sites) {
  const auto said = [](const Options& one) {
    return PeftRank{one.rank, one.alpha.value_or(2 * static_cast<double>(one.rank)), one.dropout};
  };
  return to_peft(said(options.common), sites,
                 [&](const std::string& site) { return said(options.at(site)); });
}
PeftRank peft_rank(const nlohmann::json& config);
/// {"layers.0.self_attn.q_proj": {"rank": 4, "alpha": 8}} of rank_pattern and alpha_pattern.
nlohmann::json peft_site_options(const nlohmann::json& config, const std::vector<PeftSite>& sites);

/// A whole number without a fraction: 16, not 16.0.
nlohmann::json plain_number(double value);

/// The value for `module` of rank_pattern or alpha_pattern, whose keys are regular expressions that
/// match a module's name or what stands behind one of its dots; null where none does.
nlohmann::json pattern_value(const nlohmann::json& patterns, const std::string& module);

/// Whether target_modules or feedforward_modules name it: a list of whole names or of what stands
/// behind a dot, or one regular expression of the whole name.
bool names_module(const nlohmann::json& modules, const std::string& module);

}  // namespace rankwise
