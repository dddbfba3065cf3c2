/// A PEFT folder as a file of parameters, as if a run had left it.
#pragma once

#include "framework/run/run_config.h"

#include <filesystem>
#include <string>

namespace rankwise {

struct ImportRequest {
  std::filesystem::path folder;
  std::filesystem::path out;  // .safetensors; empty: beside the folder, under its name
  std::string backbone;       // weights (weights_place.h); empty: those that the config names
  Paths paths;
};

/// Returns the file, which evaluate and init_from take. A folder that was exported here brings its
/// config, tasks and heads along. Throws Error, naming the folder, for a type or member that is not
/// read, a base model that is not there or is quantised, and tensors that are missing, left over or
/// misshapen.
std::filesystem::path import_peft(const ImportRequest& request);

}  // namespace rankwise
