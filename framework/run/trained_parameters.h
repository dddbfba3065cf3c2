/// The parameters that a run has left: found by name, read with its config, loaded into a model.
#pragma once

#include "framework/core/json.h"
#include "framework/model/model.h"
#include "framework/run/run_config.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace rankwise {

/// The file of parameters that `name` stands for: a file written under `record.parameters` itself
/// (.safetensors); of a run file (.h5) its last parameters, or its best where it kept those alone;
/// of "STUDY/LABEL-SEED" (or "-sSEED") those of the finished run below `results`. Throws Error
/// where there is none, or more than one such run.
std::filesystem::path find_parameters(const std::string& name,
                                      const std::filesystem::path& results);

struct TrainedParameters {
  std::filesystem::path file;
  RunConfig config;                // of the run that trained them
  std::vector<std::string> tasks;  // in the order of the model's rows; none: of no run of ours
  std::map<std::string, std::string> facts;  // all that the file says of itself (parameter_files.h)
  std::filesystem::path run_file;            // beside it; empty: there is none
  nlohmann::json run = nullptr;              // its attributes; null: there is none
};

/// Throws Error where the file neither says its config, as imported ones do, nor lies beside the
/// run file of its name.
TrainedParameters read_trained(const std::filesystem::path& file);

/// Copies the parameters into a model of the same variant; on the meta device shapes alone are
/// checked. A head is taken where the file has one of its name. Returns the tasks whose heads stay
/// fresh. What only training needs (importances) is left fresh, too. Throws Error for another
/// variant, for other tasks where parameters go by task, and with the name of the first tensor that
/// does not fit.
std::vector<std::string> load_parameters(Model& model, const std::string& variant,
                                         const std::filesystem::path& file);

}  // namespace rankwise
