/// The only training loop: sample, forward, loss, backward, clip, step, after_step.
#pragma once

#include "framework/data/sampler.h"
#include "framework/model/model.h"
#include "framework/train/adamw.h"
#include "framework/train/collective.h"
#include "framework/train/gradient_moments.h"
#include "framework/train/micro_batches.h"
#include "framework/train/observer.h"
#include "framework/train/options.h"
#include "framework/train/pending_records.h"
#include "framework/train/step_sum.h"
#include "framework/train/stop.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rankwise {

class Trainer {
 public:
  /// The same seed, threads and options give the same bits. Several processes share each step's
  /// micro-batches: their results are those of one process but for rounding and for which units
  /// dropout drops, and not even these where `micro_batch` says how a step is cut. Throws Error
  /// where they can not be: rows of a batch that depend on each other, or fewer micro-batches than
  /// processes.
  Trainer(Model& model, const Dataset& dataset, const TrainOptions& options, const Seed& seed,
          const torch::TensorOptions& tensors, Collective& processes = one_process());

  /// Runs every step that is left, unless finish_early() is called. `evaluate` is called at the
  /// evaluation steps with the steps done, before the next step begins; a resumed run says which
  /// was its last one. Throws Error when the loss is not finite, or where no task reaches a site.
  ///
  /// An accelerator is given the next steps while it computes: observers hear of a step some steps
  /// later, and of all before `evaluate` is called. A step whose loss is not finite then moves no
  /// parameter, nor do those after it.
  void run(const std::vector<Observer*>& observers,
           const std::function<void(std::int64_t step)>& evaluate,
           std::int64_t last_evaluation = -1);

  /// Called by run() after each step with the steps done, before an evaluation; deliver_all() there
  /// brings the observers up to that step.
  void between_steps(std::function<void(std::int64_t step)> call) { between_ = std::move(call); }
  /// Waits until the device has done every step that was begun, and tells the observers of run().
  void deliver_all() { deliver(0); }

  /// No further step is run: early stopping. The schedule stays that of the planned steps.
  void finish_early() { ended_ = true; }

  /// Asked in every step: of several processes all end where one is asked to. between_steps() is
  /// called before the next step all the same.
  void stop_where(StopRequest stop) { stop_ = std::move(stop); }
  /// Whether the last step, in any process, was asked to be the last.
  bool stop_asked() const { return stop_asked_; }

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
  // What the examples of a step share, however it is cut into micro-batches.
  struct Shares {
    LossShares loss;
    std::int64_t sequences = 0;
  };
  // A step's examples, packed; of several processes the parts and batches are this one's.
  struct Work {
    std::int32_t task = -1;
    Shares shares;
    std::vector<MicroBatch> parts;
    std::vector<Batch> batches;  // of each part
  };
  // A step that was begun.
  struct Begun {
    StepRecord record;     // without losses and seconds
    torch::Tensor losses;  // [2] double: the task's, the auxiliary one
  };
  Work prepare(const std::vector<Example>& examples) const;
  Shares shares_of(const std::vector<Example>& examples) const;
  std::vector<MicroBatch> own_parts(const std::vector<std::int64_t>& rows) const;
  void check_processes() const;
  Begun begin(const Work& work);
  torch::Tensor accumulate(const Work& work);
  StepTotals added_up(StepTotals totals);
  torch::Tensor backward(const Batch& batch, const MicroBatch& part, const Shares& shares);
  void note_unsound(const torch::Tensor& losses);
  void deliver(std::size_t most);
  StepRecord checked(const StepRecord& record) const;
  [[noreturn]] void fail_loss(double loss, std::int64_t step) const;
  void add_groups(const std::vector<torch::Tensor>& parameters, double rate);
  void optimize(double factor);
  StepInfo step_info() const;

  Model& model_;
  const Dataset& dataset_;
  TrainOptions options_;
  Seed noise_;
  torch::TensorOptions tensors_;
  Collective& processes_;
  Sampler sampler_;
  std::int64_t steps_;  // planned
  std::vector<torch::Tensor> parameters_;
  AdamW optimizer_;
  std::optional<GradientMoments> gradients_;
  std::int64_t step_ = 0;
  bool ended_ = false;
  bool ahead_;             // steps are begun before those before them are done
  torch::Tensor unsound_;  // [] fp32 of an accelerator: 1 once a loss was not finite
  PendingRecords pending_;
  const std::vector<Observer*>* observers_ = nullptr;  // of run()
  std::function<void(std::int64_t step)> between_;
  std::optional<StepSum> sum_;  // of several processes
  StopRequest stop_ = [] { return false; };
  bool stop_asked_ = false;
};

}  // namespace rankwise
