#include "framework/data/upload.h"

namespace rankwise {

namespace {

// Only from pinned memory a GPU copies by itself.
torch::TensorOptions on_host(const torch::TensorOptions& options) {
  return options.device(torch::kCPU).pinned_memory(options.device().is_cuda());
}

}  // namespace

torch::Tensor sent(const torch::Tensor& host, const torch::TensorOptions& options) {
  if (!is_accelerator(options.device())) return host.to(options);
  const torch::Tensor ready = at::empty(host.sizes(), on_host(options)).copy_(host);
  return ready.to(options.device(), /*non_blocking=*/true);
}

void Upload::add(const std::vector<std::int64_t>& column, torch::Tensor& place) {
  columns_.push_back({&place, static_cast<std::int64_t>(values_.size()),
                      static_cast<std::int64_t>(column.size())});
  values_.insert(values_.end(), column.begin(), column.end());
}

void Upload::send(const torch::Device& device) {
  const torch::TensorOptions whole = torch::TensorOptions().dtype(torch::kInt64).device(device);
  const torch::Tensor all = sent(torch::tensor(values_, torch::kInt64), whole);
  for (const Column& column : columns_) {
    *column.place = all.narrow(0, column.first, column.size);
  }
}

}  // namespace rankwise
