#include "framework/train/checkpoint.h"

#include "framework/core/error.h"
#include "framework/model/load_weights.h"

namespace rankwise {

namespace {

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

torch::Tensor scalar(double value) { return torch::tensor({value}, torch::kFloat64); }

// Handles to everything a checkpoint holds beside scalars and the best state: copying into them
// restores the run.
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

}  // namespace

std::filesystem::path checkpoint_path(const std::filesystem::path& run_file) {
  return std::filesystem::path(run_file).replace_extension(".checkpoint.safetensors");
}

void save_checkpoint(const std::filesystem::path& file, Model& model, Trainer& trainer,
                     const BestState& best) {
  NamedTensors tensors = live_tensors(model, trainer);
  tensors.emplace_back("step", scalar(static_cast<double>(trainer.steps_done())));
  tensors.emplace_back("best_step", scalar(static_cast<double>(best.step)));
  tensors.emplace_back("best_score", scalar(best.score));
  for (std::size_t i = 0; i < best.tensors.size(); ++i) {
    tensors.emplace_back("best." + std::to_string(i), best.tensors[i]);
  }
  save_tensors(tensors, file);
}

std::int64_t checkpoint_step(const std::filesystem::path& file) {
  const torch::Tensor step = scalar(0);
  load_tensors({{"step", step}}, file);
  return static_cast<std::int64_t>(step.item<double>());
}

void load_checkpoint(const std::filesystem::path& file, Model& model, Trainer& trainer,
                     BestState& best) {
  const torch::NoGradGuard no_grad;
  torch::Tensor best_step = scalar(0);
  torch::Tensor best_score = scalar(0);
  best.tensors.clear();
  for (const auto& [name, tensor] : model.state()) {
    best.tensors.push_back(torch::empty_like(tensor.detach()));
  }
  NamedTensors tensors = live_tensors(model, trainer);
  tensors.emplace_back("best_step", best_step);
  tensors.emplace_back("best_score", best_score);
  for (std::size_t i = 0; i < best.tensors.size(); ++i) {
    tensors.emplace_back("best." + std::to_string(i), best.tensors[i]);
  }
  load_tensors(tensors, file);
  for (const auto& attached : model.adapter().attached()) attached.update->restored();
  trainer.resume_at(checkpoint_step(file));
  best.step = static_cast<std::int64_t>(best_step.item<double>());
  best.score = best_score.item<double>();
}

}  // namespace rankwise
