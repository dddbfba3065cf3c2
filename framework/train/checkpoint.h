/// Where a killed run goes on from: parameters, optimizer and routing state at one step.
#pragma once

#include "framework/model/model.h"
#include "framework/train/trainer.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rankwise {

/// The parameters that scored best on dev so far.
struct BestState {
  std::int64_t step = -1;  // -1: there is none yet
  double score = 0;
  std::vector<torch::Tensor> tensors;  // in the order of Model::state()
};

/// results/x/a.h5 -> results/x/a.checkpoint.safetensors
std::filesystem::path checkpoint_path(const std::filesystem::path& run_file);

/// Replaces the file in one move, so that a kill leaves the old one or the new one.
void save_checkpoint(const std::filesystem::path& file, Model& model, Trainer& trainer,
                     const BestState& best);

/// The step it was saved after. Throws Error for a damaged file.
std::int64_t checkpoint_step(const std::filesystem::path& file);

/// Restores everything that save_checkpoint() took: training goes on with the same bits as if it
/// had not been cut. Throws Error for a file that does not fit the model.
void load_checkpoint(const std::filesystem::path& file, Model& model, Trainer& trainer,
                     BestState& best);

}  // namespace rankwise
