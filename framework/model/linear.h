/// The backbone's linear: frozen weights and one slot for an update.
#pragma once

#include "framework/adapter/update.h"

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <memory>

namespace rankwise {

class LinearImpl : public torch::nn::Module {
 public:
  /// weight [out, in], bias [out]; both start uninitialised.
  LinearImpl(std::int64_t in, std::int64_t out, bool bias, const torch::TensorOptions& options);

  /// x [N, in] -> [N, out].
  torch::Tensor forward(const torch::Tensor& x, const Pass& pass);

  void attach(std::shared_ptr<Update> update) { update_ = std::move(update); }
  const std::shared_ptr<Update>& update() const { return update_; }
  /// Whether a forward came by since it was made or forgot them.
  bool reached() const { return reached_; }
  void forget_forwards() { reached_ = false; }
  std::int64_t in() const { return weight.size(1); }
  std::int64_t out() const { return weight.size(0); }

  torch::Tensor weight, bias;

 private:
  // Registered by the adapter's owner, not here: no parameter twice.
  std::shared_ptr<Update> update_;
  bool reached_ = false;
};
TORCH_MODULE(Linear);

}  // namespace rankwise
