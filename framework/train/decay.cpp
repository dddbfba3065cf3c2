#include "framework/train/decay.h"

#include "framework/model/parts.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace rankwise {

namespace {

// In the order in which the first one set counts.
enum class Kind { kBias, kNorm, kEmbedding, kRouter, kHead };

using Kinds = std::map<const c10::TensorImpl*, std::set<Kind>>;

std::string last_part(const std::string& dotted) { return dotted.substr(dotted.rfind('.') + 1); }

bool is_bias(const std::string& parameter) {
  return parameter == "bias" || parameter.ends_with("_bias");
}

bool is_norm(std::string module) {
  std::transform(module.begin(), module.end(), module.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return module.ends_with("norm");
}

bool is_embedding(const std::string& name) { return name.find("embed") != name.npos; }

void note_backbone(torch::nn::Module& backbone, Kinds& kinds) {
  for (const auto& entry : backbone.named_modules()) {
    const std::string module = last_part(entry.key());
    const bool table =
        is_embedding(module) || std::dynamic_pointer_cast<EmbeddingImpl>(entry.value()) != nullptr;
    for (const auto& item : entry.value()->named_parameters(/*recurse=*/false)) {
      std::set<Kind>& found = kinds[item.value().unsafeGetTensorImpl()];
      if (is_bias(item.key())) found.insert(Kind::kBias);
      if (is_norm(module)) found.insert(Kind::kNorm);
      if (table || is_embedding(item.key())) found.insert(Kind::kEmbedding);
    }
  }
}

void note_update(Update& update, Kinds& kinds) {
  for (const auto& item : update.named_parameters()) {
    std::set<Kind>& found = kinds[item.value().unsafeGetTensorImpl()];
    if (is_bias(last_part(item.key()))) found.insert(Kind::kBias);
    if (is_embedding(last_part(item.key()))) found.insert(Kind::kEmbedding);
  }
  Gate* gate = update.gate();
  if (gate == nullptr) return;
  std::int64_t count = 0;
  for (const torch::Tensor& parameter : gate->parameters()) count += parameter.numel();
  if (gate->router_parameters() != count) return;
  for (const torch::Tensor& parameter : gate->parameters()) {
    kinds[parameter.unsafeGetTensorImpl()].insert(Kind::kRouter);
  }
}

Kinds kinds_of(Model& model) {
  Kinds kinds;
  note_backbone(model.backbone(), kinds);
  for (const auto& attached : model.adapter().attached()) note_update(*attached.update, kinds);
  for (const auto& item : model.heads().named_parameters()) {
    std::set<Kind>& found = kinds[item.value().unsafeGetTensorImpl()];
    if (is_bias(item.key())) found.insert(Kind::kBias);
    found.insert(Kind::kHead);
  }
  return kinds;
}

double decay_of(const std::set<Kind>& kinds, const TrainOptions& options) {
  const DecayOptions& set = options.weight_decay_of;
  for (const auto& [kind, decay] : {std::pair(Kind::kBias, set.bias),
                                    {Kind::kNorm, set.norm},
                                    {Kind::kEmbedding, set.embedding},
                                    {Kind::kRouter, set.router},
                                    {Kind::kHead, set.head}}) {
    if (decay && kinds.contains(kind)) return *decay;
  }
  return options.weight_decay;
}

}  // namespace

std::vector<DecayGroup> decay_groups(Model& model, const std::vector<torch::Tensor>& parameters,
                                     const TrainOptions& options) {
  const Kinds kinds = kinds_of(model);
  std::map<double, std::vector<torch::Tensor>> by_decay;
  for (const torch::Tensor& parameter : parameters) {
    by_decay[decay_of(kinds.at(parameter.unsafeGetTensorImpl()), options)].push_back(parameter);
  }
  std::vector<DecayGroup> groups;
  for (auto& [decay, alike] : by_decay) groups.push_back({decay, std::move(alike)});
  return groups;
}

}  // namespace rankwise
