/// A finished run, loaded back with its trained parameters.
#pragma once

#include "framework/core/json.h"
#include "framework/record/run_file.h"
#include "framework/run/run_setup.h"

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

struct MergeSource {
  std::filesystem::path file;  // of the run
  nlohmann::json attributes;   // of the run file
  RunConfig config;
  Paths paths;
  std::string device;
  RunSetup setup;  // with the parameters of the run's end

  const Dataset& dataset() const { return setup.suite.dataset; }
  Model& model() { return *setup.model; }
  std::vector<Adapter::Attached> sites() const { return setup.model->adapter().attached(); }
  /// Another model like it, without the trained parameters.
  RunSetup fresh() const { return set_up(config, paths, device); }
};

/// Reads the run file and the parameters beside it. Throws Error where the run is not finished or
/// left no parameters (record.parameters).
MergeSource load_source(const std::filesystem::path& run_file, const Paths& paths,
                        const std::string& device);

/// The update of a site as a matrix ΔW [out, in]: scale · B diag(g) A with the gate's weights of
/// the tasks, or all at one where rows choose for themselves (routing dropped; FlyLoRA's Corollary
/// 3.5 analyses this). Throws Error where the update is no such matrix, or one for each task.
torch::Tensor update_matrix(const Adapter::Attached& attached);

/// update_matrix() of every site.
std::vector<torch::Tensor> update_matrices(const MergeSource& source);

}  // namespace rankwise
