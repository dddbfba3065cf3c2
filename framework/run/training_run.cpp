#include "framework/run/training_run.h"

#include "framework/core/hash.h"
#include "framework/core/say.h"
#include "framework/run/init_from.h"
#include "framework/run/parameter_files.h"
#include "framework/train/finite.h"
#include "framework/train/progress.h"
#include "framework/train/recorder.h"
#include "framework/train/resume.h"

#include <fmt/ranges.h>
#include <torch/types.h>

#include <chrono>

namespace rankwise {

namespace {

using Clock = std::chrono::steady_clock;

// Tells when the interval between checkpoints has passed.
class CheckpointTimer {
 public:
  CheckpointTimer(const CheckpointInterval& interval, std::int64_t step)
      : interval_(interval), step_(step) {}

  bool is_due(std::int64_t step) const {
    if (interval_.steps > 0) return step - step_ >= interval_.steps;
    return Clock::now() - time_ >= std::chrono::seconds(interval_.seconds);
  }
  void start_again(std::int64_t step) {
    step_ = step;
    time_ = Clock::now();
  }

 private:
  CheckpointInterval interval_;
  std::int64_t step_;
  Clock::time_point time_ = Clock::now();
};

void add_predictions(const Evaluation& evaluation, const char* parameters, FinalRecord& record) {
  for (PredictionRecord task : evaluation.tasks) {
    task.parameters = parameters;
    record.predictions.push_back(std::move(task));
  }
}

}  // namespace

// Before what is told of a step or an evaluation is written.
class TrainingRun::Guard : public Observer {
 public:
  explicit Guard(const TrainingRun& run) : run_(run) {}
  void on_step(const StepRecord&) override { run_.guard_(); }
  void on_evaluation(const EvaluationRecord&) override { run_.guard_(); }

 private:
  const TrainingRun& run_;
};

// Behind the observers that record a run: counts, saves, and between steps stops it.
class TrainingRun::Watch : public Observer {
 public:
  Watch(TrainingRun& run, RunWriter& writer)
      : run_(run), writer_(writer), timer_(run.config_.record.checkpoint_every, run.steps_done()) {}

  void on_step(const StepRecord& record) override {
    run_.totals_.training_rows += record.tokens;
    run_.totals_.training_seconds += record.seconds;
  }
  void between_steps(std::int64_t step) {
    if (run_.processes_.alone() ? run_.stop_() : run_.trainer_.stop_asked()) {
      run_.trainer_.deliver_all();
      throw Stopped();
    }
    if (run_.trainer_.evaluates_after(step) || !timer_.is_due(step)) return;
    run_.trainer_.deliver_all();
    run_.save(writer_);
    timer_.start_again(step);
  }
  void on_evaluation(const EvaluationRecord& record) override {
    run_.save(writer_);
    timer_.start_again(record.step);
  }

 private:
  TrainingRun& run_;
  RunWriter& writer_;
  CheckpointTimer timer_;
};

TrainingRun::TrainingRun(const RunJob& job, StopRequest stop, WriteGuard guard,
                         Collective& processes)
    : config_(job.config),
      identity_(job.identity),
      stop_(std::move(stop)),
      guard_(std::move(guard)),
      processes_(processes),
      name_(fmt::format("{} seed {}", config_.label, config_.seed)),
      setup_(set_up(config_, job.paths, job.device)),
      evaluator_(evaluator_of(setup_, config_.train, [this] { stop_if_asked(); })),
      trainer_(model(), dataset(), config_.train, setup_.seed.stream("train"), setup_.tensors,
               processes),
      early_stopping_(config_.train.early_stopping, dataset()) {
  if (!config_.init_from.empty()) start_from(job);
  if (config_.record.gradients) trainer_.watch_gradients();
  evaluator_.share_with(processes_);
  if (!processes_.alone()) trainer_.stop_where(stop_);
}

void TrainingRun::start_from(const RunJob& job) {
  const auto file = init_file(config_.init_from, job.paths.results);
  check(sha256_file(file) == identity_.init_sha256,
        "init_from: {} has changed since this run was planned; give the command again",
        file.string());
  const std::vector<std::string> fresh = init_parameters(model(), config_.variant, file);
  if (fresh.empty()) return;
  say("{}  fresh heads for {}, which {} does not have\n", name_, fmt::join(fresh, ", "),
      file.string());
}

// Several processes end together, between steps.
void TrainingRun::stop_if_asked() const {
  if (processes_.alone() && stop_()) throw Stopped();
}

RunTotals TrainingRun::totals() const {
  RunTotals totals = totals_;
  totals.best_step = evaluations_.best_step;
  totals.update_flops = setup_.model->update_flops();
  totals.stored_parameters = setup_.model->stored_parameters();
  totals.device_peak = peak_memory(setup_.tensors.device());
  if (early_stopping_.is_due() && steps_done() < trainer_.planned_steps()) {
    totals.ended_early = early_stopping_.facts();
    totals.ended_early["step"] = steps_done();
  }
  return totals;
}

RunHistory TrainingRun::resume_from(const std::filesystem::path& file) {
  if (!processes_.leads()) processes_.barrier();  // the first one removes what is of no use
  RunHistory history = own_resume(file);
  if (processes_.leads()) processes_.barrier();
  const std::int64_t step = agreed(processes_, steps_done());
  check(step == steps_done(),
        "process {} begins at step {}, the first one at step {}: both must see the same checkpoint "
        "of {}; put --results where all machines reach it",
        processes_.rank(), steps_done(), step, file.string());
  processes_.barrier();
  return history;
}

RunHistory TrainingRun::own_resume(const std::filesystem::path& file) {
  auto resumed = resume({file, identity_.config_hash}, model(), trainer_, name_);
  if (!resumed) {
    if (processes_.leads()) remove_checkpoints(file);  // none of them is of this attempt
    return {};
  }
  evaluations_ = std::move(resumed->evaluations);
  for (const StepRecord& record : resumed->history.steps) {
    totals_.training_rows += record.tokens;
    totals_.training_seconds += record.seconds;
  }
  for (const EvaluationRecord& record : resumed->history.evaluations) {
    see(record.step, record.scores);
  }
  const auto evaluations = static_cast<std::int64_t>(resumed->history.evaluations.size());
  const AnswerRows answers = model().pack_form(Purpose::kScoring).answer_rows();
  totals_.evaluation_rows = evaluations * dataset().rows(SplitName::kDev, answers);
  return std::move(resumed->history);
}

void TrainingRun::train(RunWriter& writer, Observer& log, const ProgressReport& report) {
  Guard guard(*this);
  Recorder recorder(writer);
  Progress progress(name_, trainer_.planned_steps(), report);
  Watch watch(*this, writer);
  const std::vector<Observer*> observers{&guard, &recorder, &log, &progress, &watch};
  trainer_.between_steps([&](std::int64_t step) { watch.between_steps(step); });
  try {
    trainer_.run(
        observers, [&](std::int64_t step) { evaluate_and_record(step, observers); },
        evaluations_.last_step);
    if (steps_done() < trainer_.planned_steps()) {
      progress.ended_early(steps_done(), early_stopping_.reason());
    }
  } catch (const Stopped&) {
    save(writer);
    throw;
  }
}

void TrainingRun::follow() {
  const std::vector<Observer*> none;
  trainer_.between_steps([this](std::int64_t) {
    if (trainer_.stop_asked()) throw Stopped();
  });
  trainer_.run(
      none, [&](std::int64_t step) { evaluate_and_record(step, none); }, evaluations_.last_step);
  FinalRecord unused;
  predict_at_the_end(unused);
}

void TrainingRun::see(std::int64_t step, const ScoresByTask& scores) {
  early_stopping_.see(step, scores);
  if (early_stopping_.is_due()) trainer_.finish_early();
}

void TrainingRun::evaluate_and_record(std::int64_t step, const std::vector<Observer*>& observers) {
  last_dev_ = evaluate(SplitName::kDev, true);
  see(step, last_dev_.scores());
  keep_best(step, last_dev_);
  evaluations_.last_step = step;
  const EvaluationRecord record{step, last_dev_.scores(), collect_usage(model())};
  for (Observer* observer : observers) observer->on_evaluation(record);
}

Evaluation TrainingRun::evaluate(SplitName split, bool count_usage) {
  Evaluation evaluation = evaluate_uncounted(split, count_usage);
  totals_.evaluation_rows += evaluation.rows;
  return evaluation;
}

// Parameters first: a message that names one says more than one that names an output.
Evaluation TrainingRun::evaluate_uncounted(SplitName split, bool count_usage) {
  try {
    check_parameters(model());
    return evaluator_.evaluate(model(), split, count_usage);
  } catch (const NotFinite& error) {
    fail("{} after step {}; {}", error.what(), steps_done(), advice(config_.train));
  }
}

void TrainingRun::keep_best(std::int64_t step, const Evaluation& evaluation) {
  const double score = selection_score(evaluation.scores(), dataset());
  if (evaluations_.best_step >= 0 && score <= evaluations_.best_score) return;
  evaluations_.best_step = step;
  evaluations_.best_score = score;
  evaluations_.best_parameters.clear();
  for (const auto& [name, tensor] : model().state()) {
    evaluations_.best_parameters.push_back(tensor.detach().clone());
  }
}

void TrainingRun::restore_best() {
  const torch::NoGradGuard no_grad;
  const auto state = model().state();
  for (std::size_t i = 0; i < state.size(); ++i) {
    torch::Tensor target = state[i].second;
    target.copy_(evaluations_.best_parameters[i]);
  }
}

// The run file first: a checkpoint that it does not reach is of no use.
void TrainingRun::save(RunWriter& writer) {
  guard_();
  if (!config_.record.checkpoints) return;
  writer.flush();
  save_checkpoint({writer.path(), identity_.config_hash}, model(), trainer_, evaluations_);
}

void TrainingRun::save_parameters_of(const char* parameters, std::int64_t step, RunWriter& writer) {
  guard_();
  writer.check_in_place();
  const bool last = std::string_view(parameters) == "last";
  const auto file =
      last ? last_parameters_path(writer.path()) : best_parameters_path(writer.path());
  ParameterFacts facts{config_, identity_.config_hash, {}, parameters, step};
  for (const TaskData& data : dataset().tasks) facts.tasks.push_back(data.task.name);
  save_parameters(model(), facts, file);
}

FinalRecord TrainingRun::close(RunWriter& writer) {
  FinalRecord record;
  record.parameters = model().count();
  if (config_.record.factors) record.factors = collect_factors(model());
  if (trainer_.gradients() != nullptr) record.gradients = trainer_.gradients()->covariance();
  if (config_.record.samples > 0) {
    collect_samples(model(), dataset(), config_.record.samples, setup_.tensors, record);
  }
  const KeptParameters& kept = config_.record.parameters;
  if (kept.last) save_parameters_of("last", steps_done(), writer);
  predict_at_the_end(record);
  if (kept.best) save_parameters_of("best", evaluations_.best_step, writer);
  return record;
}

// Test once: with the last parameters, then with the best ones where they differ.
void TrainingRun::predict_at_the_end(FinalRecord& record) {
  if (last_dev_.tasks.empty()) {  // resumed at the end: counted before
    last_dev_ = evaluate_uncounted(SplitName::kDev, false);
  }
  add_predictions(last_dev_, "last", record);
  add_predictions(evaluate(SplitName::kTest, false), "last", record);
  if (evaluations_.best_step == steps_done()) {
    for (std::size_t i = 0, count = record.predictions.size(); i < count; ++i) {
      record.predictions.push_back(record.predictions[i]);
      record.predictions.back().parameters = "best";
    }
  } else {
    restore_best();
    add_predictions(evaluate(SplitName::kDev, false), "best", record);
    add_predictions(evaluate(SplitName::kTest, false), "best", record);
  }
}

}  // namespace rankwise
