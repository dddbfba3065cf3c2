/// y = x Wᵀ + bias + scale · B (g ⊙ (A x)): a low-rank pair whose ranks a gate switches.
#pragma once

#include "framework/adapter/update.h"

#include <memory>
#include <optional>
#include <string>

namespace rankwise {

/// LoRA's scale alpha / rank (Hu et al., 2022, section 4.1); without an alpha it is 2 * rank.
double lora_scale(const std::optional<double>& alpha, std::int64_t rank);

/// How a rank-wise update is made at one site.
struct RankUpdateParts {
  torch::Tensor a;  // [R, in] initial value; fewer rows where the gate spreads them (Gate::mix)
  torch::Tensor b;  // [out, R] initial value; undefined: zero, as many ranks as A has rows
  bool train_a = true;
  bool gradient_to_input = true;  // false: none flows through A or gate to the layers below
  double scale = 1;
  double dropout = 0;  // on the input of A and gate, in training
  std::shared_ptr<Gate> gate;
};

class RankUpdate : public Update {
 public:
  RankUpdate(const Site& site, const AdapterInputs& inputs, RankUpdateParts parts);

  torch::Tensor forward(const torch::Tensor& x, const FrozenLinear& frozen,
                        const Pass& pass) override;

  /// What forward() is made of, for a product with other linears of the same rows: A, B as it acts,
  /// and h [N, R], what B multiplies. gated() counts usage and keeps the term, as forward() does.
  const torch::Tensor& a() const { return a_; }
  torch::Tensor b() const { return gate_->b_of(b_); }
  bool reads_rows_as_they_are(const Pass& pass) const {
    return gradient_to_input_ && (dropout_ == 0 || !pass.step_info.training);
  }
  torch::Tensor gated(const torch::Tensor& z, const torch::Tensor& x, const Pass& pass);

  std::int64_t ranks() const override { return b_.size(1); }
  std::int64_t active_parameters() const override;
  std::int64_t router_parameters() const override { return gate_->router_parameters(); }
  /// Of a gate that reads z every row of A; a frozen A is multiplied as a trained one is.
  std::int64_t multiplied_parameters() const override;
  bool rows_are_independent() const override { return gate_->rows_are_independent(); }
  std::optional<Factors> factors() const override {
    return Factors{gate_->a_of(a_), gate_->b_of(b_), scale_};
  }
  Gate* gate() override { return gate_.get(); }
  RankUsage* evaluation_usage() override { return &evaluation_usage_; }
  RankUsage* training_usage() override { return &training_usage_; }
  RankUsage* generation_usage() override { return &generation_usage_; }
  torch::Tensor samples() const override { return samples_; }
  void restored() override { counted_.copy_(training_usage_.count()); }
  void after_step(const StepInfo& step_info) override;

 private:
  torch::Tensor dropped(const torch::Tensor& x, const Pass& pass) const;
  /// z of `input`, which is `x` but for dropout; of a row's `own` ranks alone where they are given.
  JointRanks projected(const torch::Tensor& input, const torch::Tensor& x,
                       const FrozenLinear& frozen, const torch::Tensor& own) const;
  /// [N, k] the ranks that each row uses, where they are so few that only theirs are multiplied;
  /// else undefined.
  torch::Tensor own_ranks(const Choice& choice, const torch::Tensor& x) const;
  /// The gate's decision, counted, and its term kept.
  Choice routed(const GateInput& input);
  /// The gate's decision; an error in it names the site.
  Routing route(const GateInput& input) const;
  void check_choice(const Choice& choice, const Batch& batch) const;
  void record(const Choice& choice, const torch::Tensor& x, const Pass& pass);
  RankUsage& usage_of(const Pass& pass);

  Site site_;
  torch::Tensor a_, b_;
  bool train_a_, gradient_to_input_;
  double scale_, dropout_;
  std::shared_ptr<Gate> gate_;
  RankUsage evaluation_usage_, training_usage_, generation_usage_;
  torch::Tensor counted_;  // [T, R] training counts when the last step ended
  torch::Tensor samples_;
};

}  // namespace rankwise
