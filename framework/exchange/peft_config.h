/// adapter_config.json: what every type of adapter has there, and which variant one is.
#pragma once

#include "framework/adapter/peft_form.h"
#include "framework/adapter/variant.h"
#include "framework/core/json.h"
#include "framework/model/backbone.h"

#include <string>
#include <vector>

namespace rankwise {

/// The members that no variant decides, for adapters on these modules of a base model.
nlohmann::json common_config(const BackboneKind& kind, const std::string& base,
                             const std::vector<PeftSite>& sites);

/// Throws Error for a peft_type that no variant has, and for a member that changes what an adapter
/// computes and that we do not read.
void check_config(const nlohmann::json& config);

/// A variant with options, resolved, that say what a config says.
struct PeftMeaning {
  std::string variant;
  nlohmann::json options;
  const PeftForm* form = nullptr;
};
PeftMeaning meaning_of(const nlohmann::json& config, const std::vector<PeftSite>& sites);

}  // namespace rankwise
