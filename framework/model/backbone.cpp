#include "framework/model/backbone.h"

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

Registry<BackboneKind>& backbones() {
  static Registry<BackboneKind> registry("backbone", "backbones");
  return registry;
}

}  // namespace rankwise
