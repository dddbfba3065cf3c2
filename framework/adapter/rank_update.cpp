#include "framework/adapter/rank_update.h"

#include "framework/adapter/random_tensor.h"
#include "framework/adapter/routing.h"
#include "framework/core/error.h"
#include "framework/ops/rank_rows.h"

#include <cmath>
#include <utility>

namespace rankwise {

double lora_scale(const std::optional<double>& alpha, std::int64_t rank) {
  return alpha ? *alpha / static_cast<double>(rank) : 2;
}

namespace {

std::int64_t ranks_of(const RankUpdateParts& parts) {
  return parts.b.defined() ? parts.b.size(1) : parts.a.size(0);
}

}  // namespace

RankUpdate::RankUpdate(const Site& site, const AdapterInputs& inputs, RankUpdateParts parts)
    : site_(site),
      train_a_(parts.train_a),
      gradient_to_input_(parts.gradient_to_input),
      scale_(parts.scale),
      dropout_(parts.dropout),
      gate_(std::move(parts.gate)),
      evaluation_usage_(inputs.tasks, ranks_of(parts), gate_->chooses_per_row(),
                        inputs.options.device()),
      training_usage_(inputs.tasks, ranks_of(parts), false, inputs.options.device()),
      generation_usage_(inputs.tasks, ranks_of(parts), false, inputs.options.device()) {
  check(parts.a.dim() == 2 && parts.a.size(1) == site.in, "A must be [rows, {}], it is {} at {}",
        site.in, shape_text(parts.a), site.name);
  const torch::Tensor b =
      parts.b.defined() ? parts.b : torch::zeros({site.out, parts.a.size(0)}, inputs.options);
  check(b.dim() == 2 && b.size(0) == site.out, "B must be [{}, ranks], it is {} at {}", site.out,
        shape_text(b), site.name);
  if (train_a_) {
    a_ = register_parameter("lora_A", parts.a);
  } else {
    a_ = register_buffer("lora_A", parts.a);
  }
  b_ = register_parameter("lora_B", b);
  register_module("gate", gate_);
  counted_ = torch::zeros_like(training_usage_.count());
}

torch::Tensor RankUpdate::forward(const torch::Tensor& x, const FrozenLinear& frozen,
                                  const Pass& pass) {
  const torch::Tensor input = dropped(gradient_to_input_ ? x : x.detach(), pass);
  JointRanks ranks;
  if (gate_->reads_ranks()) ranks = projected(input, x, frozen, {});
  const Choice choice = routed({input, x, pass, ranks.z});
  const torch::Tensor own = gate_->reads_ranks() ? torch::Tensor() : own_ranks(choice, x);
  if (!gate_->reads_ranks()) ranks = projected(input, x, frozen, own);
  const torch::Tensor h = own.defined() ? ranks.z * choice.weight().to(ranks.z.scalar_type())
                                        : gate_->mix(choice, ranks.z, pass.batch);
  return up(x, scale_ == 1 ? h : h * scale_, gate_->b_of(b_), frozen,
            {.joint = ranks.joint, .chosen = own});
}

torch::Tensor RankUpdate::gated(const torch::Tensor& z, const torch::Tensor& x, const Pass& pass) {
  const Choice choice = routed({x, x, pass, gate_->reads_ranks() ? z : torch::Tensor()});
  const torch::Tensor h = gate_->mix(choice, z, pass.batch);
  return scale_ == 1 ? h : h * scale_;
}

Choice RankUpdate::routed(const GateInput& input) {
  Routing routing = route(input);
  const Pass& pass = input.pass;
  keep_auxiliary(pass.step_info.training ? std::move(routing.auxiliary) : AuxiliaryTerm{});
  record(routing.choice, input.undropped, pass);
  return std::move(routing.choice);
}

// Dropped and detached rows are others than those that W multiplies.
JointRanks RankUpdate::projected(const torch::Tensor& input, const torch::Tensor& x,
                                 const FrozenLinear& frozen, const torch::Tensor& own) const {
  if (input.is_same(x)) return joint_down(x, a_, frozen, own);
  return {own.defined() ? chosen_down(input, a_, own) : down(input, a_), {}};
}

torch::Tensor RankUpdate::own_ranks(const Choice& choice, const torch::Tensor& x) const {
  const bool few = choice.kind() == Choice::Kind::kPerRow && x.scalar_type() == a_.scalar_type() &&
                   gathers(x, static_cast<double>(choice.chosen().size(1)), choice.ranks());
  return few ? choice.chosen() : torch::Tensor();
}

Routing RankUpdate::route(const GateInput& input) const {
  try {
    Routing routing = gate_->forward(input);
    check_choice(routing.choice, input.pass.batch);
    return routing;
  } catch (const Error& error) {
    fail("{}: {}", site_.name, error.what());
  }
}

void RankUpdate::check_choice(const Choice& choice, const Batch& batch) const {
  check(choice.ranks() == ranks(), "the gate chooses among {} ranks, the update has {}",
        choice.ranks(), ranks());
  if (choice.kind() == Choice::Kind::kAll) return;
  const bool per_task = choice.kind() == Choice::Kind::kPerTask;
  const std::int64_t expected = per_task ? batch.tasks : batch.rows();
  check(choice.weight().size(0) == expected, "the gate chooses for {} {}, the batch has {}",
        choice.weight().size(0), per_task ? "tasks" : "rows", expected);
}

torch::Tensor RankUpdate::dropped(const torch::Tensor& x, const Pass& pass) const {
  if (!pass.step_info.training || dropout_ == 0) return x;
  return x * dropout_mask(x, dropout_, pass.row_noise().stream("dropout").stream(site_.name));
}

RankUsage& RankUpdate::usage_of(const Pass& pass) {
  if (pass.step_info.training) return training_usage_;
  return pass.cache ? generation_usage_ : evaluation_usage_;
}

void RankUpdate::record(const Choice& choice, const torch::Tensor& x, const Pass& pass) {
  const torch::NoGradGuard no_grad;
  if (pass.count_usage) usage_of(pass).add(choice, pass.batch);
  samples_ = pass.keep_samples && gate_->task_embedding().defined()
                 ? x.detach().index_select(0, telling_rows(site_, pass.batch)).to(a_.scalar_type())
                 : torch::Tensor();
}

std::int64_t RankUpdate::active_parameters() const {
  const double active = gate_->active_ranks(ranks(), /*step_info=*/{});
  const bool shared_a = a_.size(0) != ranks();  // every row of A feeds several ranks
  const double a_rows = !train_a_ ? 0 : shared_a ? static_cast<double>(a_.size(0)) : active;
  return std::llround(a_rows * static_cast<double>(site_.in) +
                      active * static_cast<double>(site_.out)) +
         gate_->active_parameters();
}

std::int64_t RankUpdate::multiplied_parameters() const {
  const double active = gate_->active_ranks(ranks(), /*step_info=*/{});
  const bool whole_a = gate_->reads_ranks() || a_.size(0) != ranks();
  const double a_rows = whole_a ? static_cast<double>(a_.size(0)) : active;
  return std::llround(a_rows * static_cast<double>(site_.in) +
                      active * static_cast<double>(site_.out)) +
         gate_->active_parameters();
}

void RankUpdate::after_step(const StepInfo& step_info) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor chosen = (training_usage_.count() - counted_).sum(0);
  counted_.copy_(training_usage_.count());
  gate_->after_step(chosen, step_info);
}

}  // namespace rankwise
