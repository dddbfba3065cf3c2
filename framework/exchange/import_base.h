/// The base model of a PEFT folder, found among the weights that are here.
#pragma once

#include "framework/exchange/import_peft.h"
#include "framework/exchange/peft_folder.h"
#include "framework/model/backbone.h"

#include <string>
#include <vector>

namespace rankwise {

struct BaseModel {
  std::string name;        // of the backbone
  nlohmann::json options;  // resolved
  std::string given;       // the request's weights; empty: the config's
  const BackboneKind* kind = nullptr;
  std::vector<std::string> linears;
};

/// The weights are the request's, or base_model_name_or_path: a folder, or one of its last name
/// among the models. Throws Error where they are not there, or are quantised.
BaseModel base_model(const PeftFolder& folder, const ImportRequest& request);

}  // namespace rankwise
