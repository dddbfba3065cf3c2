/// The backbone's linear: frozen weights and one slot for an update.
#pragma once

#include "framework/adapter/update.h"

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>

#include <memory>

namespace rankwise {

class LinearGroup;

class LinearImpl : public torch::nn::Module {
 public:
  /// weight [out, in], bias [out]; both start uninitialised.
  LinearImpl(std::int64_t in, std::int64_t out, bool bias, const torch::TensorOptions& options);

  ~LinearImpl() override;
  /// x [N, in] -> [N, out].
  torch::Tensor forward(const torch::Tensor& x, const Pass& pass);
  /// The same as no part of a LinearGroup.
  torch::Tensor forward_alone(const torch::Tensor& x, const Pass& pass);

  void attach(std::shared_ptr<Update> update) { update_ = std::move(update); }
  const std::shared_ptr<Update>& update() const { return update_; }
  /// Whether a forward came by since it was made or forgot them.
  bool reached() const { return reached_; }
  void forget_forwards() { reached_ = false; }
  void note_reached() { reached_ = true; }
  std::int64_t in() const { return weight.size(1); }
  std::int64_t out() const { return weight.size(0); }

  torch::Tensor weight, bias;

 private:
  // Registered by the adapter's owner, not here: no parameter twice.
  std::shared_ptr<Update> update_;
  std::unique_ptr<LinearGroup> group_;  // of itself alone, where none has it beside others
  bool reached_ = false;
};
TORCH_MODULE(Linear);

}  // namespace rankwise
