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

torch::Tensor whole(std::int64_t value) { return torch::tensor({value}, torch::kInt64); }

std::int64_t whole_of(const safetensors::Reader& reader, const char* name) {
  const torch::Tensor value = whole(0);
  load_tensors({{name, value}}, reader);
  return value.item<std::int64_t>();
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

void save_checkpoint(const fs::path& run_file, Model& model, Trainer& trainer,
                     const EvaluationState& evaluations) {
  NamedTensors tensors = live_tensors(model, trainer);
  tensors.emplace_back("step", whole(trainer.steps_done()));
  tensors.emplace_back("optimizer_steps", trainer.optimizer_steps());
  tensors.emplace_back("last_evaluation", whole(evaluations.last_step));
  tensors.emplace_back("best_step", whole(evaluations.best_step));
  tensors.emplace_back("best_score", torch::tensor({evaluations.best_score}, torch::kFloat64));
  add_best(tensors, evaluations.best_parameters);
  const fs::path newest = checkpoint_path(run_file);
  if (fs::exists(newest)) fs::rename(newest, older_checkpoint_path(run_file));
  save_tensors(tensors, newest);
}

Checkpoint::Checkpoint(const fs::path& file)
    : reader_(file),
      step_(whole_of(reader_, "step")),
      last_evaluation_(whole_of(reader_, "last_evaluation")) {}

EvaluationState Checkpoint::restore(Model& model, Trainer& trainer) const {
  const torch::NoGradGuard no_grad;
  EvaluationState evaluations{.last_step = last_evaluation_,
                              .best_step = whole_of(reader_, "best_step")};
  const torch::Tensor best_score = torch::zeros({1}, torch::kFloat64);
  const torch::Tensor optimizer_steps = trainer.optimizer_steps();
  NamedTensors tensors = live_tensors(model, trainer);
  tensors.emplace_back("best_score", best_score);
  tensors.emplace_back("optimizer_steps", optimizer_steps);
  if (evaluations.best_step >= 0) {
    for (const auto& [name, tensor] : model.state()) {
      evaluations.best_parameters.push_back(torch::empty_like(tensor.detach()));
    }
    add_best(tensors, evaluations.best_parameters);
  }
  load_tensors(tensors, reader_);
  evaluations.best_score = best_score.item<double>();
  for (const auto& attached : model.adapter().attached()) attached.update->restored();
  trainer.resume_at(step_, optimizer_steps);
  return evaluations;
}

void remove_checkpoints(const fs::path& run_file) {
  std::error_code ignored;  // one that stays is never read: the run's file is there
  fs::remove(checkpoint_path(run_file), ignored);
  fs::remove(older_checkpoint_path(run_file), ignored);
}

}  // namespace rankwise
