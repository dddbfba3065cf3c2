#include "framework/adapter/one_site.h"

#include "framework/data/doubles.h"

#include <torch/types.h>

namespace rankwise {

OneSite::OneSite(const std::string& variant, const nlohmann::json& options, const Shape& shape)
    : shape_(shape) {
  const Variant& found = variants().find(variant);
  const nlohmann::json given = options.is_null() ? nlohmann::json::object() : options;
  adapter_ = found.make(found.resolve(given, "options"));
  if (!shape_.weight.defined()) shape_.weight = torch::zeros({shape.out, shape.in}, kDouble);
  const Site site{"site", shape.in, shape.out, shape_.weight};
  AdapterInputs inputs{shape.tasks, shape.sites, kDouble, Seed(1), {}};
  if (!shape.true_ranks.empty()) inputs.true_ranks["site"] = shape.true_ranks;
  update_ = adapter_->make_update(site, inputs);
  if (update_) adapter_->add(site, update_);
}

torch::Tensor OneSite::get(const std::string& name) const {
  for (const auto& tensors : {update_->named_parameters(), update_->named_buffers()}) {
    if (tensors.contains(name)) return tensors[name];
  }
  fail("the update has no {}", name);
}

void OneSite::set(const std::string& name, const torch::Tensor& value) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor target = get(name);
  TORCH_CHECK(target.sizes() == value.sizes(), name, " is ", target.sizes());
  target.copy_(value);
}

torch::Tensor OneSite::forward(const torch::Tensor& x, const std::vector<std::int32_t>& tasks,
                               bool training) {
  return forward_at(x, tasks, {.training = training});
}

torch::Tensor OneSite::forward_at(const torch::Tensor& x, const std::vector<std::int32_t>& tasks,
                                  const StepInfo& step_info) {
  const auto rows = static_cast<std::size_t>(x.size(0));
  const Batch packed = rows_of_tasks(tasks.empty() ? std::vector<std::int32_t>(rows, 0) : tasks,
                                     shape_.tasks, kDouble);
  const FrozenLinear frozen{shape_.weight, {}};
  return update_->forward(x, frozen, {.batch = packed, .step_info = step_info});
}

torch::Tensor OneSite::tensor(const std::vector<std::vector<double>>& rows) {
  std::vector<torch::Tensor> tensors;
  tensors.reserve(rows.size());
  for (const std::vector<double>& row : rows) tensors.push_back(torch::tensor(row, kDouble));
  return torch::stack(tensors);
}

}  // namespace rankwise
