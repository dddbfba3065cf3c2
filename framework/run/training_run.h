/// One run in memory: its data, model and loop, from the first step or a checkpoint to the end.
#pragma once

#include "framework/record/run_writer.h"
#include "framework/run/run_attributes.h"
#include "framework/run/run_setup.h"
#include "framework/train/checkpoint.h"
#include "framework/train/early_stopping.h"
#include "framework/train/evaluator.h"
#include "framework/train/progress.h"
#include "framework/train/statistics.h"
#include "framework/train/stop.h"
#include "framework/train/trainer.h"

#include <filesystem>
#include <functional>
#include <string>

namespace rankwise {

/// Called before anything of a run is written: throws where the run is no longer this process's.
using WriteGuard = std::function<void()>;

class TrainingRun {
 public:
  /// `job` outlives it; what `guard` throws ends the run with nothing more written. Throws Error
  /// where data, weights or memory are missing.
  TrainingRun(const RunJob& job, StopRequest stop, WriteGuard guard,
              Collective& processes = one_process());
  TrainingRun(const TrainingRun&) = delete;
  TrainingRun& operator=(const TrainingRun&) = delete;

  const Dataset& dataset() const { return setup_.suite.dataset; }
  RunLayout layout() { return run_layout(dataset(), model(), setup_.suite.truth); }
  /// "more seed 3", as lines of progress begin.
  const std::string& name() const { return name_; }
  std::int64_t steps_done() const { return trainer_.steps_done(); }
  RunScale scale() const { return {dataset().task_count(), trainer_.planned_steps()}; }
  RunTotals totals() const;

  /// Goes to where a run of this file was cut; what it recorded until then. Nothing: a fresh start.
  /// All processes read the same files. Throws Error where they do not.
  RunHistory resume_from(const std::filesystem::path& file);

  /// Trains to the end, with evaluations and checkpoints; `log` watches as the writer does. Throws
  /// Stopped when asked to stop, after a last checkpoint where the config has any.
  void train(RunWriter& writer, Observer& log, const ProgressReport& report);

  /// The same of a process that writes nothing, to the last prediction.
  void follow();

  /// Predicts once more with the last and the best parameters, and writes the parameters' files.
  FinalRecord close(RunWriter& writer);

 private:
  class Guard;
  class Watch;

  Model& model() { return *setup_.model; }
  void start_from(const RunJob& job);
  RunHistory own_resume(const std::filesystem::path& file);
  void predict_at_the_end(FinalRecord& record);
  void see(std::int64_t step, const ScoresByTask& scores);
  void evaluate_and_record(std::int64_t step, const std::vector<Observer*>& observers);
  Evaluation evaluate(SplitName split, bool count_usage);
  Evaluation evaluate_uncounted(SplitName split, bool count_usage);
  void keep_best(std::int64_t step, const Evaluation& evaluation);
  void restore_best();
  void save(RunWriter& writer);
  void save_parameters_of(const char* parameters, std::int64_t step, RunWriter& writer);
  void stop_if_asked() const;

  const RunConfig& config_;
  const RunIdentity& identity_;
  StopRequest stop_;
  WriteGuard guard_;
  Collective& processes_;
  std::string name_;
  RunSetup setup_;
  Evaluator evaluator_;
  Trainer trainer_;
  EarlyStopping early_stopping_;
  Evaluation last_dev_;
  EvaluationState evaluations_;
  RunTotals totals_;
};

}  // namespace rankwise
