#include "framework/exchange/import_base.h"

#include "framework/core/error.h"
#include "framework/core/json_file.h"
#include "framework/model/weights_place.h"

#include <torch/types.h>

namespace rankwise {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string weights_named(const std::string& base, const fs::path& models) {
  if (base.find('/') != std::string::npos && fs::is_directory(base)) return base;
  const std::string last = fs::path(base).filename();
  check(!last.empty() && fs::is_directory(models / last),
        "base_model_name_or_path is '{}', and there are no such weights in {}; name them with "
        "--backbone",
        base, models.string());
  return last;
}

void check_not_quantised(const fs::path& weights) {
  const json config = read_json(weights / "config.json");
  check(!config.contains("quantization_config"),
        "the base model {} is quantised, and backbones are read in full precision only; name the "
        "checkpoint it was made from with --backbone",
        weights.string());
}

}  // namespace

BaseModel base_model(const PeftFolder& folder, const ImportRequest& request) {
  const fs::path models = request.paths.data / "models";
  const json named = folder.config.value("base_model_name_or_path", json());
  const std::string weights =
      request.backbone.empty()
          ? weights_named(named.is_string() ? named.get<std::string>() : "", models)
          : request.backbone;
  check_not_quantised(weights_folder(models, weights));
  json options = backbone_with(models, weights);
  BaseModel base{.name = options.at("name"), .options = {}, .given = request.backbone};
  options.erase("name");
  base.kind = &backbones().find(base.name);
  base.options = base.kind->resolve(options, "backbone");
  const auto shapes = base.kind->make(
      base.options,
      {.models = models, .vocabulary = 1, .options = torch::TensorOptions(torch::kMeta)});
  for (const auto& [name, linear] : shapes->linears()) base.linears.push_back(name);
  return base;
}

}  // namespace rankwise
