#include "framework/train/checkpoint.h"

#include "framework/core/error.h"
#include "framework/model/load_weights.h"

#include <system_error>

namespace rankwise {

namespace {

namespace fs = std::filesystem;
using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

fs::path with_ending(const fs::path& run_file, const char* ending) {
  return fs::path(run_file).replace_extension(ending);
}

// Handles to what training changes: copying into them restores the run.
NamedTensors live_tensors(Model& model, Trainer& trainer) {
  NamedTensors tensors;
  for (const auto& [name, tensor] : model.state()) tensors.emplace_back("state." + name, tensor);
  for (const auto& [name, tensor] : trainer.state()) {
    tensors.emplace_back("trainer." + name, tensor);
  }
  for (const auto& [site, update] : model.adapter().attached()) {
    if (const RankUsage* usage = update->training_usage()) {
      tensors.emplace_back("training_count." + site.name, usage->count());
    }
  }
  return tensors;
}

void add_best(NamedTensors& tensors, const std::vector<torch::Tensor>& best) {
  for (std::size_t i = 0; i < best.size(); ++i) {
    tensors.emplace_back("best." + std::to_string(i), best[i]);
  }
}

}  // namespace

fs::path checkpoint_path(const fs::path& run_file) {
  return with_ending(run_file, ".checkpoint.safetensors");
}

fs::path older_checkpoint_path(const fs::path& run_file) {
  return with_ending(run_file, ".checkpoint-1.safetensors");
}

void save_checkpoint(const CheckpointedRun& run, Model& model, Trainer& trainer,
                     const EvaluationState& evaluations) {
  NamedTensors tensors = live_tensors(model, trainer);
  tensors.emplace_back("optimizer_steps", trainer.optimizer_steps());
  add_best(tensors, evaluations.best_parameters);
  const CheckpointFacts facts{.config_hash = run.config_hash,
                              .step = trainer.steps_done(),
                              .last_evaluation = evaluations.last_step,
                              .best_step = evaluations.best_step,
                              .best_score = evaluations.best_score};
  const fs::path newest = checkpoint_path(run.file);
  if (fs::exists(newest)) fs::rename(newest, older_checkpoint_path(run.file));
  save_sealed_tensors(tensors, newest, to_metadata(facts));
}

Checkpoint::Checkpoint(const fs::path& file) : reader_(file), facts_(checkpoint_facts(reader_)) {}

Checkpoint::Checkpoint(const fs::path& file, const CheckpointedRun& run) : Checkpoint(file) {
  check(facts_.config_hash == run.config_hash,
        "{}: is a checkpoint of another configuration: of {}, expected {}", file.string(),
        facts_.config_hash, run.config_hash);
}

EvaluationState Checkpoint::restore(Model& model, Trainer& trainer) const {
  const torch::NoGradGuard no_grad;
  EvaluationState evaluations{.last_step = facts_.last_evaluation,
                              .best_step = facts_.best_step,
                              .best_score = facts_.best_score,
                              .best_parameters = {}};
  const torch::Tensor optimizer_steps = trainer.optimizer_steps();
  NamedTensors tensors = live_tensors(model, trainer);
  tensors.emplace_back("optimizer_steps", optimizer_steps);
  if (evaluations.best_step >= 0) {
    for (const auto& [name, tensor] : model.state()) {
      evaluations.best_parameters.push_back(torch::empty_like(tensor.detach()));
    }
    add_best(tensors, evaluations.best_parameters);
  }
  load_tensors(tensors, reader_);
  for (const auto& attached : model.adapter().attached()) attached.update->restored();
  trainer.resume_at(facts_.step, optimizer_steps);
  return evaluations;
}

void remove_checkpoints(const fs::path& run_file) {
  std::error_code ignored;  // one that stays is never read, and removed by the next command
  fs::remove(checkpoint_path(run_file), ignored);
  fs::remove(older_checkpoint_path(run_file), ignored);
}

}  // namespace rankwise
