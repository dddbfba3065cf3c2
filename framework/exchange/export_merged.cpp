#include "framework/exchange/export_merged.h"

#include "framework/adapter/variant.h"
#include "framework/core/error.h"
#include "framework/core/json_file.h"
#include "framework/exchange/adapted_model.h"
#include "framework/exchange/effective_linear.h"
#include "framework/exchange/model_card.h"
#include "framework/exchange/model_outputs.h"
#include "framework/exchange/task_pairs.h"
#include "framework/io/atomic_file.h"
#include "framework/model/load_weights.h"
#include "framework/model/stored_weights.h"
#include "framework/model/weights_place.h"

#include <fmt/ranges.h>
#include <torch/types.h>

#include <algorithm>

namespace rankwise {

namespace {

namespace fs = std::filesystem;
using torch::Tensor;

// The base's tensors as they are stored, some of them to be replaced.
class Checkpoint {
 public:
  Checkpoint(const fs::path& folder, std::vector<std::string> prefixes)
      : prefixes_(std::move(prefixes)) {
    const StoredWeights stored(folder);
    for (const std::string& name : stored.names()) {
      tensors_[name] = stored_tensor(stored.find(name), stored.place(name));
    }
  }

  /// Takes the values of our tensor, rounded to the stored type, and gives them back so.
  void replace(const std::string& ours, const Tensor& values) {
    Tensor& stored = find(ours);
    stored = values.to(stored.scalar_type());
    values.detach().copy_(stored);
    tolerance_ = std::max(tolerance_, tolerance_of(stored.scalar_type()));
  }
  void write(const fs::path& file) const { write_tensors(tensors_, file, {{"format", "pt"}}); }

  /// What rounding to the replaced tensors' types may do to a model's outputs.
  double tolerance() const { return tolerance_; }

 private:
  static double tolerance_of(torch::ScalarType type) {
    if (type == torch::kBFloat16) return 5e-2;
    if (type == torch::kFloat16) return 1e-2;
    return 1e-4;
  }

  Tensor& find(const std::string& ours) {
    for (const std::string& prefix : prefixes_) {
      const auto found = tensors_.find(prefix + ours);
      if (found != tensors_.end()) return found->second;
    }
    fail("the base's checkpoint has no tensor {}", ours);
  }

  std::vector<std::string> prefixes_;
  TensorsByName tensors_;
  double tolerance_ = 0;
};

// Which task's updates are merged; 0 where all are alike.
std::int64_t chosen_task(Model& model, const TrainedParameters& trained, const std::string& task) {
  const auto& tasks = trained.tasks;
  if (task.empty()) {
    check(
        tasks_are_alike(model, std::max<std::int64_t>(1, static_cast<std::int64_t>(tasks.size()))),
        "the tasks' updates differ, and a checkpoint holds one: name one of {} with --task",
        fmt::join(tasks, ", "));
    return 0;
  }
  const auto found = std::find(tasks.begin(), tasks.end(), task);
  check(found != tasks.end(), "--task {}: the tasks are {}", task, fmt::join(tasks, ", "));
  return found - tasks.begin();
}

// Puts each update into its linear and takes it off.
void merge_updates(Model& model, const TaskOf& which, Checkpoint& checkpoint) {
  const torch::NoGradGuard no_grad;
  std::map<std::string, Adapter::Attached> attached;
  for (const auto& one : model.adapter().attached()) attached.emplace(one.site.name, one);
  for (auto [name, linear] : model.backbone().linears()) {
    const auto found = attached.find(name);
    if (found == attached.end()) continue;
    const EffectiveLinear merged =
        effective_linear(found->second, {linear->weight, linear->bias}, which);
    linear->attach(nullptr);
    linear->weight.copy_(merged.weight);
    checkpoint.replace(name + ".weight", linear->weight);
    if (!merged.bias.defined() || torch::equal(merged.bias, linear->bias)) continue;
    linear->bias.copy_(merged.bias);
    checkpoint.replace(name + ".bias", linear->bias);
  }
}

// Configuration and tokenizer, by what their files' names begin with; no weights of any format.
void copy_description(const fs::path& from, const fs::path& to) {
  const std::vector<std::string> starts = {"config.json",    "generation_config", "tokenizer",
                                           "special_tokens", "added_tokens",      "vocab",
                                           "merges",         "chat_template",     "spiece"};
  for (const auto& entry : fs::directory_iterator(from)) {
    const std::string name = entry.path().filename();
    const bool wanted = std::any_of(starts.begin(), starts.end(), [&](const std::string& start) {
      return name.starts_with(start);
    });
    if (wanted && entry.is_regular_file()) duplicate_file(entry.path(), to / name);
  }
}

std::int64_t vocabulary_of(const fs::path& base) {
  return read_json(base / "config.json").at("vocab_size").get<std::int64_t>();
}

}  // namespace

MergedExport export_merged(const ExportRequest& request, const std::optional<double>& tolerance) {
  check_empty(request.out);
  const TrainedParameters trained = read_trained(request.parameters);
  const BackboneKind& kind = exchanged_kind(trained.config);
  const fs::path base =
      weights_folder(request.paths.data / "models",
                     trained.config.backbone_options.at("weights").get<std::string>());
  const auto model = adapted_model(trained, request.paths, BackboneWeights::kRead);
  const auto tasks = std::max<std::int64_t>(1, static_cast<std::int64_t>(trained.tasks.size()));
  const TaskOf which{chosen_task(*model, trained, request.task), tasks};
  Checkpoint checkpoint(base, kind.hub.prefixes);
  const Tensor before = model_outputs(*model, vocabulary_of(base), which);
  if (model->adapter().trains_backbone()) {
    for (const auto& item : model->backbone().named_parameters()) {
      checkpoint.replace(item.key(), item.value());
    }
  }
  merge_updates(*model, which, checkpoint);
  const double difference =
      relative_difference(model_outputs(*model, vocabulary_of(base), which), before);
  const double allowed = tolerance.value_or(checkpoint.tolerance());
  check(difference <= allowed,
        "merged and adapted model differ by {:.2g} of their largest output, more than the "
        "tolerance {:.2g}; nothing was written (--tolerance)",
        difference, allowed);
  PeftFolder own;
  const std::vector<std::string> of =
      request.task.empty() ? trained.tasks : std::vector{request.task};
  add_own(trained, trained.config, of, own);
  write_tensors(own.own, request.out / kOwnTensors, own.own_facts);
  checkpoint.write(request.out / "model.safetensors");
  copy_description(base, request.out);
  write_card({trained, of, base_name(request, trained.config), CardKind::kCheckpoint}, request.out);
  return {request.out, difference, allowed};
}

}  // namespace rankwise
