/// Where a run that was cut is resumed from: parameters, optimizer and routing state at one step.
#pragma once

#include "framework/io/safetensors.h"
#include "framework/model/model.h"
#include "framework/record/checkpoint_facts.h"
#include "framework/train/trainer.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

/// What the evaluations so far have left.
struct EvaluationState {
  std::int64_t last_step = -1;  // of the last evaluation; -1: there was none yet
  std::int64_t best_step = -1;  // of the best one on dev
  double best_score = 0;
  std::vector<torch::Tensor> best_parameters;  // in the order of Model::state()
};

/// The run that checkpoints are of.
struct CheckpointedRun {
  std::filesystem::path file;  // of the finished run
  std::string config_hash;
};

/// results/x/a.h5 -> results/x/a.checkpoint.safetensors
std::filesystem::path checkpoint_path(const std::filesystem::path& run_file);
/// The one before it: results/x/a.checkpoint-1.safetensors
std::filesystem::path older_checkpoint_path(const std::filesystem::path& run_file);

/// Saves a run beside its file. The newest checkpoint becomes the older one first, so that a kill
/// at any moment leaves a whole one.
void save_checkpoint(const CheckpointedRun& run, Model& model, Trainer& trainer,
                     const EvaluationState& evaluations);

/// A checkpoint that was opened; its tensors are read when it is restored.
class Checkpoint {
 public:
  /// Throws Error where the file is damaged, or of another version of the program.
  explicit Checkpoint(const std::filesystem::path& file);
  /// Also where it is of another configuration.
  Checkpoint(const std::filesystem::path& file, const CheckpointedRun& run);

  std::int64_t step() const { return facts_.step; }
  /// The last evaluation that it knows of; later ones come again.
  std::int64_t last_evaluation() const { return facts_.last_evaluation; }

  /// Training goes on with the same bits as if it had not been cut. Throws Error for a file that
  /// does not fit the model, which is then of no use: some of its tensors may be copied.
  EvaluationState restore(Model& model, Trainer& trainer) const;

 private:
  safetensors::Reader reader_;
  CheckpointFacts facts_;
};

/// Removes both checkpoints of a finished run.
void remove_checkpoints(const std::filesystem::path& run_file);

}  // namespace rankwise
