#include "framework/run/parameter_files.h"

#include "framework/model/load_weights.h"

#include <map>

namespace rankwise {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Null where no update has a low-rank pair.
json scale_of(Model& model) {
  std::map<std::string, double> scales;
  bool same = true;
  for (const auto& [site, update] : model.adapter().attached()) {
    const auto factors = update->factors();
    if (!factors) continue;
    scales[site.name] = factors->scale;
    same = same && factors->scale == scales.begin()->second;
  }
  if (scales.empty()) return nullptr;
  return same ? json(scales.begin()->second) : json(scales);
}

}  // namespace

fs::path last_parameters_path(const fs::path& run_file) {
  return fs::path(run_file).replace_extension(".safetensors");
}

fs::path best_parameters_path(const fs::path& run_file) {
  return fs::path(run_file).replace_extension(".best.safetensors");
}

std::vector<fs::path> parameter_files(const fs::path& run_file, const KeptParameters& kept) {
  std::vector<fs::path> files;
  if (kept.last) files.push_back(last_parameters_path(run_file));
  if (kept.best) files.push_back(best_parameters_path(run_file));
  return files;
}

void save_parameters(Model& model, const ParameterFacts& facts, const fs::path& file) {
  std::map<std::string, std::string> metadata{
      {"variant", facts.config.variant},    {"options", facts.config.options.dump()},
      {"tasks", json(facts.tasks).dump()},  {"parameters", facts.parameters},
      {"step", std::to_string(facts.step)}, {"config_hash", facts.config_hash}};
  const json scale = scale_of(model);
  if (!scale.is_null()) metadata["scale"] = scale.dump();
  save_tensors(model.state(), file, metadata);
}

}  // namespace rankwise
