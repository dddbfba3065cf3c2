#include "framework/adapter/one_site.h"

#include <torch/types.h>

namespace rankwise {

namespace {

const auto kDouble = torch::TensorOptions().dtype(torch::kFloat64);

}  // namespace

OneSite::OneSite(const std::string& variant, const nlohmann::json& options, const Shape& shape)
    : shape_(shape) {
  const Variant& found = variants().find(variant);
  const nlohmann::json given = options.is_null() ? nlohmann::json::object() : options;
  adapter_ = found.make(found.resolve(given, "options"));
  if (!shape_.weight.defined()) shape_.weight = torch::zeros({shape.out, shape.in}, kDouble);
  const Site site{"site", shape.in, shape.out, shape_.weight};
  Setting setting{shape.tasks, shape.sites, kDouble, Seed(1), {}};
  if (!shape.true_ranks.empty()) setting.true_ranks["site"] = shape.true_ranks;
  update_ = adapter_->make_update(site, setting);
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
                                  const Moment& moment) {
  const auto rows = static_cast<std::size_t>(x.size(0));
  const Batch packed =
      batch(tasks.empty() ? std::vector<std::int32_t>(rows, 0) : tasks, shape_.tasks);
  const FrozenLinear frozen{shape_.weight, {}};
  return update_->forward(x, frozen, {.batch = packed, .moment = moment});
}

// Batches need a dataset only for their layout; the rows' values come from the caller.
Batch OneSite::batch(const std::vector<std::int32_t>& tasks, std::int64_t task_count) {
  Dataset dataset;
  dataset.feature_width = 1;
  dataset.tasks.resize(static_cast<std::size_t>(task_count));
  for (TaskData& data : dataset.tasks) {
    data.train = {.features = {0}, .starts = {0, 1}, .groups = {0, 1}, .target = {0}};
  }
  std::vector<Example> examples;
  examples.reserve(tasks.size());
  for (const std::int32_t task : tasks) examples.push_back({task, 0});
  return pack(dataset, SplitName::kTrain, examples, kDouble);
}

torch::Tensor OneSite::tensor(const std::vector<std::vector<double>>& rows) {
  std::vector<torch::Tensor> tensors;
  tensors.reserve(rows.size());
  for (const std::vector<double>& row : rows) tensors.push_back(torch::tensor(row, kDouble));
  return torch::stack(tensors);
}

}  // namespace rankwise
