/// What a site's linear computes instead of x Wᵀ + bias.
#pragma once

#include "framework/adapter/gate.h"
#include "framework/adapter/rank_usage.h"
#include "framework/adapter/site.h"
#include "framework/ops/rank_linear.h"

#include <torch/nn/module.h>

#include <cstdint>
#include <optional>
#include <utility>

namespace rankwise {

/// The pair of a low-rank update as it stands; ΔW = scale · B diag(g) A.
struct Factors {
  torch::Tensor a;  // [R, in]
  torch::Tensor b;  // [out, R]
  double scale = 1;
};

/// One site's update. The defaults say: no ranks, no routing, nothing to record.
class Update : public torch::nn::Module {
 public:
  /// x [N, in] -> [N, out].
  virtual torch::Tensor forward(const torch::Tensor& x, const FrozenLinear& frozen,
                                const Pass& pass) = 0;

  virtual std::int64_t ranks() const { return 0; }
  virtual std::int64_t active_parameters() const;  // trainable ones that a row uses
  virtual std::int64_t router_parameters() const { return 0; }
  /// What a row's update multiplies in a forward of evaluation, trained or not: twice as many
  /// FLOPs.
  virtual std::int64_t multiplied_parameters() const { return active_parameters(); }
  /// Gate::rows_are_independent(), of the whole update.
  virtual bool rows_are_independent() const { return true; }
  virtual std::optional<Factors> factors() const { return std::nullopt; }

  /// Null where nothing is routed.
  virtual Gate* gate() { return nullptr; }
  virtual RankUsage* evaluation_usage() { return nullptr; }
  virtual RankUsage* training_usage() { return nullptr; }
  /// Of rows that a model reads and writes while it generates, apart from the evaluation's.
  virtual RankUsage* generation_usage() { return nullptr; }
  /// [n, in] first-token inputs of the last pass that kept samples; undefined: none.
  virtual torch::Tensor samples() const { return {}; }

  /// Moves out the auxiliary loss of the last training forward.
  AuxiliaryTerm take_auxiliary() { return std::exchange(auxiliary_, {}); }
  bool has_auxiliary() const { return auxiliary_.sum.defined(); }
  /// Sets the term: for updates in a forward, and for adapters in `after_forward`.
  void keep_auxiliary(AuxiliaryTerm term) { auxiliary_ = std::move(term); }

  /// After parameters, buffers and training usage were restored from a checkpoint.
  virtual void restored() {}
  /// Once an optimizer step.
  virtual void after_step(const StepInfo& step_info);

 private:
  AuxiliaryTerm auxiliary_;
};

}  // namespace rankwise
