/// Starting from the parameters that another run has left: `init_from`.
#pragma once

#include "framework/model/model.h"
#include "framework/run/run_setup.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

/// The file of parameters that `init_from` stands for: a file written under `record.parameters`
/// itself (.safetensors); of a run file (.h5) its last parameters, or its best where it kept those
/// alone; of "STUDY/LABEL-SEED" (or "-sSEED") those of the finished run below `results`. Throws
/// Error where there is none, or more than one such run.
std::filesystem::path init_file(const std::string& init_from, const std::filesystem::path& results);

/// Copies the parameters into a model of the same variant; on the meta device shapes alone are
/// checked. A head is taken where the file has one of its name. Returns the tasks whose heads stay
/// fresh. What only training needs (importances) is left fresh, too. Throws Error for another
/// variant, for other tasks where parameters go by task, and with the name of the first tensor that
/// does not fit.
std::vector<std::string> init_parameters(Model& model, const std::string& variant,
                                         const std::filesystem::path& file);

/// Throws Error as init_parameters() does where the config names parameters that its model, of
/// which only the shapes are made, cannot take.
void check_init(const RunConfig& config, const Paths& paths, const RunSetup& setup);

}  // namespace rankwise
