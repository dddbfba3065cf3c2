#include "framework/exchange/adapted_model.h"

#include "framework/adapter/variant.h"
#include "framework/core/error.h"
#include "framework/model/load_weights.h"
#include "framework/train/precision.h"

#include <torch/types.h>

#include <algorithm>

namespace rankwise {

namespace {

void load_updates(Model& model, const std::filesystem::path& file) {
  std::vector<std::pair<std::string, torch::Tensor>> taken;
  for (const auto& [name, tensor] : model.state()) {
    if (!is_of_training(name)) taken.emplace_back(name, tensor);
  }
  load_tensors(taken, file);
  for (const auto& attached : model.adapter().attached()) attached.update->restored();
}

}  // namespace

const BackboneKind& exchanged_kind(const RunConfig& config) {
  const BackboneKind& kind = backbones().find(config.backbone);
  check(!kind.hub.loader.empty(),
        "backbone '{}' is known to no other program; export runs on a checkpoint", config.backbone);
  check(!config.backbone_options.value("weights", "").empty(),
        "the backbone's weights are random ones, which no other program has; export runs on a "
        "checkpoint (backbone.weights)");
  return kind;
}

std::unique_ptr<Model> adapted_model(const TrainedParameters& trained, const Paths& paths,
                                     BackboneWeights weights) {
  const RunConfig& config = trained.config;
  const bool read = weights == BackboneWeights::kRead;
  const auto type = trained_type(config.train.precision);
  const auto updates =
      torch::TensorOptions(trained.file.empty() ? torch::kMeta : torch::kCPU).dtype(type);
  const auto backbone_tensors = torch::TensorOptions(read ? torch::kCPU : torch::kMeta).dtype(type);
  auto backbone = exchanged_kind(config).make(
      config.backbone_options,
      {.models = paths.data / "models", .vocabulary = 1, .options = backbone_tensors});
  auto heads = std::make_shared<Heads>(std::vector<Task>{}, backbone->width(), GivenHead{}, Seed(0),
                                       backbone_tensors);
  const auto tasks = std::max<std::int64_t>(1, static_cast<std::int64_t>(trained.tasks.size()));
  AttachOptions attach{config.sites, {.tasks = tasks, .options = updates}};
  auto model = std::make_unique<Model>(std::move(backbone),
                                       variants().find(config.variant).make(config.options),
                                       std::move(heads), std::move(attach));
  if (!trained.file.empty()) load_updates(*model, trained.file);
  return model;
}

std::vector<PeftSite> peft_sites(Model& model, const BackboneKind& kind) {
  std::vector<PeftSite> sites;
  for (const auto& attached : model.adapter().attached()) {
    sites.push_back({attached.site.name, kind.hub.prefixes.front() + attached.site.name});
  }
  return sites;
}

}  // namespace rankwise
