/// The one virtual of a rank-wise update: which ranks are on, and how strongly.
///
/// Dimensions: N rows, R ranks, T tasks, D width of a task embedding.
#pragma once

#include "framework/adapter/choice.h"
#include "framework/adapter/pass.h"

#include <torch/nn/module.h>

#include <cstdint>
#include <optional>
#include <utility>

namespace rankwise {

/// What a gate may read.
struct GateInput {
  const torch::Tensor& x;          // [N, in] the site's input, after dropout
  const torch::Tensor& undropped;  // [N, in] the same before dropout
  const Pass& pass;
  torch::Tensor ranks = {};  // [N, R] A x, for a gate that asks for it; read through z()

  /// Throws Error where the gate's reads_ranks() is not true.
  const torch::Tensor& z() const;
};

/// A term of the loss as a sum over sequences: the trainer divides by the step's sequences, so
/// that cutting a step into micro-batches changes nothing. How the terms of several sites become
/// one is the adapter's choice (Adapter::auxiliary_factor).
struct AuxiliaryTerm {
  torch::Tensor sum;  // scalar, already weighted; undefined: none
};

/// `weight` times a loss that is a mean over the batch's sequences, or does not depend on the
/// batch. A mean over rows is neither, since sequences differ in length: row_mean_term() is for
/// those.
AuxiliaryTerm mean_term(const torch::Tensor& loss, double weight, const Batch& batch);

/// `weight` times the mean of `loss` [N] over each sequence's rows, for the mean over sequences.
AuxiliaryTerm row_mean_term(const torch::Tensor& loss, double weight, const Batch& batch);

/// What a gate decides in one forward. A gate without a term returns its Choice alone.
struct Routing {
  Routing(Choice made, AuxiliaryTerm term = {})
      : choice(std::move(made)), auxiliary(std::move(term)) {}

  Choice choice;
  AuxiliaryTerm auxiliary;  // read in training only
};

/// How many ranks each task uses, where a gate chooses by task. It is recorded at every evaluation,
/// and what the figures `selection`, `rank_distribution` and the measures of ranks are made from.
struct Selection {
  torch::Tensor rank;              // [T] int64 active ranks in evaluation, 0 to R
  torch::Tensor probability = {};  // [T, R] of 1 to R active ranks; undefined: the gate gives none
};

class Gate : public torch::nn::Module {
 public:
  /// Leaves nothing behind for a later call, so that a forward run again gives the same.
  virtual Routing forward(const GateInput& input) = 0;

  /// What B multiplies: h [N, R] from z [N, rows of A]. By default the chosen ranks at their
  /// weights; a gate that mixes ranks says how here, and in `a_of` where that makes sense, and that
  /// it reads_ranks().
  virtual torch::Tensor mix(const Choice& choice, const torch::Tensor& z,
                            const Batch& batch) const {
    return choice.apply(z, batch);
  }
  /// The pair as it acts, for ΔW = scale · b_of(B) diag(g) a_of(A).
  virtual torch::Tensor a_of(const torch::Tensor& a) const { return a; }  // -> [R, in]
  virtual torch::Tensor b_of(const torch::Tensor& b) const { return b; }  // [out, R]

  /// True: the gate gets `GateInput::z()`, or has a mix() of its own. Others do without: of few
  /// chosen ranks only those are multiplied, and the default mix() is not called.
  virtual bool reads_ranks() const { return false; }
  /// True: the choice differs from row to row, so which ranks go together is worth counting.
  virtual bool chooses_per_row() const { return false; }
  /// True: in training, what a row gets and adds to the loss is the same whichever rows pass with
  /// it, so that the trainer may cut a step. False for a term that multiplies means over the
  /// batch, for state that moves in a forward, and for a choice drawn row by row.
  virtual bool rows_are_independent() const { return true; }
  /// How many of `ranks` a row uses at `step_info`, a mean over tasks that counts each alike. It
  /// may differ between training and evaluation, from task to task, and from step to step; the
  /// conformance suite compares it with what was counted.
  virtual double active_ranks(std::int64_t ranks, const StepInfo& /*step_info*/) const {
    return static_cast<double>(ranks);
  }
  /// The gate's own parameters that one row uses; by default all of them.
  virtual std::int64_t active_parameters() const;
  /// The gate's own parameters that only choose or weigh ranks; by default all of them.
  virtual std::int64_t router_parameters() const;

  /// Once an optimizer step. `chosen` [R] int64: how often the step's rows chose each rank.
  virtual void after_step(const torch::Tensor& chosen, const StepInfo& step_info);

  virtual torch::Tensor balance_bias() const { return {}; }  // [R]
  virtual std::optional<Selection> selection() const { return std::nullopt; }
  virtual torch::Tensor task_embedding() const { return {}; }  // [T, D]
};

/// LoRA's gate: every rank, always.
class OpenGate : public Gate {
 public:
  explicit OpenGate(std::int64_t ranks) : ranks_(ranks) {}
  Routing forward(const GateInput& input) override;

 private:
  std::int64_t ranks_;
};

}  // namespace rankwise
