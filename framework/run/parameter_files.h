/// The trained parameters that a run leaves beside its run file.
#pragma once

#include "framework/model/model.h"
#include "framework/run/run_config.h"
#include "framework/train/record_words.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

/// results/x/a.h5 -> results/x/a.safetensors: those of the last step.
std::filesystem::path last_parameters_path(const std::filesystem::path& run_file);
/// results/x/a.h5 -> results/x/a.best.safetensors: those of the best evaluation on dev.
std::filesystem::path best_parameters_path(const std::filesystem::path& run_file);

/// The files that a finished run with this option has.
std::vector<std::filesystem::path> parameter_files(const std::filesystem::path& run_file,
                                                   const KeptParameters& kept);

/// What a file of parameters says of itself, as metadata of the safetensors format.
struct ParameterFacts {
  const RunConfig& config;
  std::string config_hash;
  std::vector<std::string> tasks;  // in the order of the model's rows
  std::string parameters;          // "last" or "best"
  std::int64_t step = 0;           // after which they stood so
};

/// Writes Model::state() with these facts: variant, options, tasks and scale (of the update
/// scale · B diag(g) A: one number, or an object by site where sites differ) as JSON.
void save_parameters(Model& model, const ParameterFacts& facts, const std::filesystem::path& file);

}  // namespace rankwise
