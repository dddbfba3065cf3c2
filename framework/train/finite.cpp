#include "framework/train/finite.h"

#include "framework/ops/all_finite.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

namespace rankwise {

namespace {

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

void check_split(const TaskData& data, SplitName name, std::int64_t width) {
  const std::vector<double>& target = data.split(name).target;
  for (std::size_t i = 0; i < target.size(); ++i) {
    check(std::isfinite(target[i]),
          "task '{}' has the target {} in example {} of its {} split; mend it in the suite",
          data.task.name, target[i], static_cast<std::int64_t>(i) / width, to_string(name));
  }
}

}  // namespace

std::string first_not_finite(const NamedTensors& tensors) {
  if (tensors.empty()) return "";
  if (tensors.front().second.is_cpu()) {
    const auto bad = std::find_if(tensors.begin(), tensors.end(),
                                  [](const auto& named) { return !all_finite(named.second); });
    return bad == tensors.end() ? "" : bad->first;
  }
  std::vector<torch::Tensor> finite;
  finite.reserve(tensors.size());
  for (const auto& [name, tensor] : tensors) {
    finite.push_back(tensor.detach().isfinite().all());
  }
  const torch::Tensor host = torch::stack(finite).cpu();
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (!host[static_cast<std::int64_t>(i)].item<bool>()) return tensors[i].first;
  }
  return "";
}

void check_parameters(Model& model) {
  NamedTensors parameters;
  for (auto& [name, tensor] : model.state()) {
    if (tensor.requires_grad()) parameters.emplace_back(name, tensor);
  }
  const std::string name = first_not_finite(parameters);
  if (!name.empty()) throw NotFinite(fmt::format("parameter {} is not finite", name));
}

void check_weights(Backbone& backbone) {
  NamedTensors weights;
  for (const auto& item : backbone.named_parameters())
    weights.emplace_back(item.key(), item.value());
  const std::string name = first_not_finite(weights);
  check(name.empty(),
        "the backbone's tensor {} has values that are not finite; its weights are damaged: take "
        "others",
        name);
}

void check_targets(const Dataset& dataset) {
  for (const TaskData& data : dataset.tasks) {
    for (const SplitName name : {SplitName::kTrain, SplitName::kDev, SplitName::kTest}) {
      check_split(data, name, dataset.target_width);
    }
  }
}

std::string advice(const TrainOptions& options) {
  return fmt::format("lower train.learning_rate (now {}){}", options.learning_rate,
                     options.clip == 0 ? " or set train.clip" : "");
}

}  // namespace rankwise
