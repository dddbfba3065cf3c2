/// The only training loop: sample, forward, loss, backward, clip, step, after_step.
#pragma once

#include "framework/data/sampler.h"
#include "framework/model/model.h"
#include "framework/train/adamw.h"
#include "framework/train/gradient_moments.h"
#include "framework/train/micro_batches.h"
#include "framework/train/observer.h"
#include "framework/train/options.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rankwise {

class Trainer {
 public:
  /// The same seed, threads and options give the same bits.
  Trainer(Model& model, const Dataset& dataset, const TrainOptions& options, const Seed& seed,
          const torch::TensorOptions& tensors);

  /// Runs every step that is left, unless finish_early() is called. `evaluate` is called at the
  /// evaluation steps with the steps done, before the next step begins; a resumed run says which
  /// was its last one. Throws Error when the loss is not finite, or where no task reaches a site.
  void run(const std::vector<Observer*>& observers,
           const std::function<void(std::int64_t step)>& evaluate,
           std::int64_t last_evaluation = -1);

  /// No further step is run: early stopping. The schedule stays that of the planned steps.
  void finish_early() { ended_ = true; }

  /// One optimizer step on given examples.
  StepRecord step(const std::vector<Example>& examples);

  std::int64_t steps_done() const { return step_; }
  /// As the options give them, or as their epochs come to.
  std::int64_t planned_steps() const { return steps_; }
  /// Whether an evaluation is due once so many steps are done.
  bool evaluates_after(std::int64_t steps) const;

  /// From now on, sums up the gradients of every step, before they are clipped.
  void watch_gradients() { gradients_.emplace(model_.adapter()); }
  /// Null unless they are watched.
  const GradientMoments* gradients() const { return gradients_ ? &*gradients_ : nullptr; }

  /// Handles to AdamW's moments, "<parameter>.exp_avg" and "<parameter>.exp_avg_sq" by position,
  /// and to the gradients' sums.
  std::vector<std::pair<std::string, torch::Tensor>> state();
  /// AdamW's own step counters [parameters] int64: the one of a parameter stands still while no
  /// batch reaches it.
  torch::Tensor optimizer_steps();
  /// Goes on after `step` steps: the sampler is brought to where it was.
  void resume_at(std::int64_t step, const torch::Tensor& optimizer_steps);

 private:
  struct Sums {
    double loss = 0, auxiliary = 0;
    std::int64_t rows = 0;
  };
  Sums accumulate(const std::vector<Example>& examples);
  // What the examples of a step share, however it is cut into micro-batches.
  struct Shares {
    LossShares loss;
    std::int64_t sequences = 0;
  };
  Shares shares_of(const std::vector<Example>& examples) const;
  void backward(const Batch& batch, const MicroBatch& part, const Shares& shares, Sums& sums);
  [[noreturn]] void fail_loss(double loss) const;
  void add_groups(const std::vector<torch::Tensor>& parameters, double rate);
  void optimize(double factor);
  StepInfo step_info() const;

  Model& model_;
  const Dataset& dataset_;
  TrainOptions options_;
  Seed noise_;
  torch::TensorOptions tensors_;
  Sampler sampler_;
  std::int64_t steps_;  // planned
  std::vector<torch::Tensor> parameters_;
  AdamW optimizer_;
  std::optional<GradientMoments> gradients_;
  std::int64_t step_ = 0;
  bool ended_ = false;
};

}  // namespace rankwise
