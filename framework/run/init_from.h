/// Starting from the parameters that another run has left: `init_from`.
#pragma once

#include "framework/model/model.h"
#include "framework/run/run_setup.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

/// As find_parameters(); errors name the option.
std::filesystem::path init_file(const std::string& init_from, const std::filesystem::path& results);

/// As load_parameters(); errors name the option.
std::vector<std::string> init_parameters(Model& model, const std::string& variant,
                                         const std::filesystem::path& file);

/// Throws Error as init_parameters() does where the config names parameters that its model, of
/// which only the shapes are made, cannot take.
void check_init(const RunConfig& config, const Paths& paths, const RunSetup& setup);

}  // namespace rankwise
