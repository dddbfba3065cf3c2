#include "framework/model/backbone.h"

#include "framework/ops/packed_attention.h"

namespace rankwise {

std::vector<std::pair<std::string, Linear>> Backbone::linears() const {
  std::vector<std::pair<std::string, Linear>> found;
  for (const auto& item : named_modules("", /*include_self=*/false)) {
    if (auto linear = std::dynamic_pointer_cast<LinearImpl>(item.value())) {
      found.emplace_back(item.key(), Linear(linear));
    }
  }
  return found;
}

void Backbone::freeze(bool frozen) {
  for (torch::Tensor& parameter : parameters()) parameter.requires_grad_(!frozen);
}

bool Backbone::attends_in_buckets() const {
  const std::vector<torch::Tensor> all = parameters();
  if (all.empty()) return false;
  const torch::ScalarType type = type_.value_or(all.front().scalar_type());
  return rankwise::attends_in_buckets(all.front().device(), type, biases_attention());
}

Registry<BackboneKind>& backbones() {
  static Registry<BackboneKind> registry("backbone", "backbones");
  return registry;
}

}  // namespace rankwise
