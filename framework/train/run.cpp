#include "framework/train/run.h"

#include "framework/core/foreign.h"
#include "framework/core/provenance.h"
#include "framework/io/file_lock.h"
#include "framework/model/load_weights.h"
#include "framework/record/run_reader.h"
#include "framework/train/assemble.h"
#include "framework/train/checkpoint.h"
#include "framework/train/evaluator.h"
#include "framework/train/progress.h"
#include "framework/train/recorder.h"
#include "framework/train/statistics.h"
#include "framework/train/trainer.h"

#include <ATen/Parallel.h>
#include <torch/types.h>
#include <torch/version.h>

#include <chrono>

namespace rankwise {

namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

// Data, model and loop of one run. Members are made in this order and hold on to each other.
class Run {
 public:
  Run(const RunTask& task, const RunIdentity& identity)
      : task_(task),
        config_(task.config),
        identity_(identity),
        made_(assemble(config_, task.places, task.device)),
        evaluator_(dataset(), config_.train.evaluation_rows, made_.tensors),
        trainer_(model(), dataset(), config_.train, made_.seed.stream("train"), made_.tensors) {
    if (config_.record.gradients) trainer_.watch_gradients();
  }

  void record_to(const std::filesystem::path& file) {
    RunWriter writer(file, run_layout(dataset(), model(), made_.suite.truth), opening_attributes(),
                     resume(file));
    try {
      train(writer, checkpoint_path(file));
      const FinalRecord record = finish(file);
      writer.finish(record, closing_attributes());
      std::filesystem::remove(checkpoint_path(file));
    } catch (const std::exception& error) {
      const std::string message = plain_message(error);
      record_failure(writer, message);
      throw Error(message);
    }
  }

 private:
  const Dataset& dataset() const { return made_.suite.dataset; }
  Model& model() { return *made_.model; }

  static void record_failure(RunWriter& writer, const std::string& message) {
    try {
      writer.fail(message);
    } catch (const Error&) {  // a full disk, say: the first failure is the one to show
    }
  }

  // Goes on from a killed run's checkpoint where its partial file reaches it; what was recorded up
  // to there is kept.
  RunHistory resume(const std::filesystem::path& file) {
    const auto checkpoint = checkpoint_path(file);
    const auto partial = partial_path(file);
    if (!std::filesystem::exists(checkpoint) || !std::filesystem::exists(partial)) return {};
    try {
      const std::int64_t step = checkpoint_step(checkpoint);
      RunHistory history = RunFile(partial).history(step);
      if (static_cast<std::int64_t>(history.steps.size()) < step) return {};  // an older attempt's
      load_checkpoint(checkpoint, model(), trainer_, best_);
      count(history);
      fmt::print(stderr, "{} seed {}  goes on from step {}\n", config_.label, config_.seed, step);
      return history;
    } catch (const Error& error) {
      fail("{}; delete {} to start this run anew", error.what(), checkpoint.string());
    }
  }

  void count(const RunHistory& history) {
    for (const StepRecord& record : history.steps) {
      training_rows_ += record.tokens;
      training_seconds_ += record.seconds;
    }
    const auto evaluations = static_cast<std::int64_t>(history.evaluations.size());
    evaluation_rows_ = evaluations * dataset().rows(SplitName::kDev);
  }

  void train(RunWriter& writer, const std::filesystem::path& checkpoint) {
    Recorder recorder(writer);
    Progress progress(fmt::format("{} seed {}", config_.label, config_.seed), config_.train.steps);
    Counter counter(*this);
    const std::vector<Observer*> observers{&recorder, &progress, &counter};
    trainer_.run(observers, [&](std::int64_t step) {
      last_dev_ = evaluate(SplitName::kDev, true);
      const EvaluationRecord record{step, last_dev_.scores(), collect_usage(model())};
      for (Observer* observer : observers) observer->on_evaluation(record);
      keep_best(step, last_dev_);
      if (config_.record.checkpoints) save_checkpoint(checkpoint, model(), trainer_, best_);
    });
  }

  struct Counter : Observer {
    explicit Counter(Run& counted) : run(counted) {}
    void on_step(const StepRecord& record) override {
      run.training_rows_ += record.tokens;
      run.training_seconds_ += record.seconds;
    }
    Run& run;
  };

  Evaluation evaluate(SplitName split, bool count_usage) {
    Evaluation evaluation = evaluator_.evaluate(model(), split, count_usage);
    evaluation_rows_ += evaluation.rows;
    return evaluation;
  }

  void keep_best(std::int64_t step, const Evaluation& evaluation) {
    const double score = selection_score(evaluation, dataset());
    if (best_.step >= 0 && score <= best_.score) return;
    best_ = {step, score, {}};
    for (const auto& [name, tensor] : model().state()) {
      best_.tensors.push_back(tensor.detach().clone());
    }
  }

  // Test once: with the last parameters, then with the best ones where they differ.
  FinalRecord finish(const std::filesystem::path& file) {
    FinalRecord record;
    record.parameters = model().count();
    if (config_.record.factors) record.factors = collect_factors(model());
    if (trainer_.gradients() != nullptr) record.gradients = trainer_.gradients()->covariance();
    if (config_.record.samples > 0) {
      collect_samples(model(), dataset(), config_.record.samples, made_.tensors, record);
    }
    if (config_.record.parameters) {
      save_tensors(model().state(), std::filesystem::path(file).replace_extension(".safetensors"));
    }
    if (last_dev_.tasks.empty()) {  // resumed at the end: counted before
      last_dev_ = evaluator_.evaluate(model(), SplitName::kDev, false);
    }
    add_predictions(last_dev_, "last", record);
    add_predictions(evaluate(SplitName::kTest, false), "last", record);
    if (best_.step == trainer_.steps_done()) {
      for (std::size_t i = 0, count = record.predictions.size(); i < count; ++i) {
        record.predictions.push_back(record.predictions[i]);
        record.predictions.back().parameters = "best";
      }
    } else {
      restore_best();
      add_predictions(evaluate(SplitName::kDev, false), "best", record);
      add_predictions(evaluate(SplitName::kTest, false), "best", record);
    }
    return record;
  }

  void restore_best() {
    const torch::NoGradGuard no_grad;
    const auto state = model().state();
    for (std::size_t i = 0; i < state.size(); ++i) {
      torch::Tensor target = state[i].second;
      target.copy_(best_.tensors[i]);
    }
  }

  static void add_predictions(const Evaluation& evaluation, const char* parameters,
                              FinalRecord& record) {
    for (PredictionRecord task : evaluation.tasks) {
      task.parameters = parameters;
      record.predictions.push_back(std::move(task));
    }
  }

  json opening_attributes() const {
    json attributes = study_attributes(task_, dataset().task_count());
    attributes.update({{"variant", config_.variant},
                       {"reading", config_.options.value("reading", "paper")},
                       {"seed", config_.seed},
                       {"config_hash", identity_.config_hash},
                       {"protocol_hash", identity_.protocol_hash},
                       {"data_sha256", identity_.data_sha256},
                       {"weights_sha256", identity_.weights_sha256},
                       {"backbone", backbone_text()},
                       {"suite", config_.data.suite},
                       {"steps", config_.train.steps},
                       {"best_rule", kBestRule},
                       {"provenance", provenance()},
                       {"commit", source_commit()},
                       {"dirty", source_dirty()},
                       {"host", host_name()},
                       {"device", task_.device},
                       {"threads", task_.threads},
                       {"created", utc_now()}});
    return attributes;
  }

  json closing_attributes() const {
    const std::chrono::duration<double> seconds = Clock::now() - begin_;
    return {{"seconds", seconds.count()},
            {"training_seconds", training_seconds_},
            {"training_tokens", training_rows_},
            {"evaluation_tokens", evaluation_rows_},
            {"tokens_per_second", static_cast<double>(training_rows_) / training_seconds_},
            {"peak_memory_mib", peak_memory_mib()},
            {"best_step", best_.step}};
  }

  std::string backbone_text() const {
    const std::string weights = config_.backbone_options.value("weights", "");
    return weights.empty() ? config_.backbone + " (random)" : config_.backbone + " " + weights;
  }

  static json provenance() {
    json versions = base_provenance();
    versions["libtorch"] = TORCH_VERSION;
    return versions;
  }

  const RunTask& task_;
  const RunConfig& config_;
  const RunIdentity& identity_;
  Clock::time_point begin_ = Clock::now();
  Assembly made_;
  Evaluator evaluator_;
  Trainer trainer_;
  Evaluation last_dev_;
  BestState best_;
  std::int64_t training_rows_ = 0, evaluation_rows_ = 0;
  double training_seconds_ = 0;
};

std::string scale_note(const RunTask& task, std::int64_t tasks) {
  const auto rows = [](std::int64_t count) {
    return count == 0 ? std::string("all") : fmt::format("at most {}", count);
  };
  const RunConfig& config = task.config;
  const std::string scale =
      fmt::format("{} tasks, {} steps of {} examples, {} dev and {} test examples a task", tasks,
                  config.train.steps, config.train.batch, rows(config.data.dev_rows),
                  rows(config.data.test_rows));
  return task.note.empty() ? scale : task.note + ": " + scale;
}

}  // namespace

json study_attributes(const RunTask& task, std::int64_t tasks) {
  return {{"study", task.study},
          {"study_file", task.study_file},
          {"reproduces", task.reproduces},
          {"label", task.config.label},
          {"order", task.order},
          {"config", task.config.to_json()},
          {"scale_note", scale_note(task, tasks)}};
}

json RunTask::to_json() const {
  return {{"run", config.to_json()},
          {"study", study},
          {"note", note},
          {"reproduces", reproduces},
          {"study_file", study_file},
          {"order", order},
          {"data", places.data.string()},
          {"results", places.results.string()},
          {"device", device},
          {"threads", threads}};
}

RunTask RunTask::from_json(const json& value) {
  return {.config = resolve_run(value.at("run"), "run"),
          .study = value.at("study"),
          .note = value.at("note"),
          .reproduces = value.at("reproduces"),
          .study_file = value.at("study_file"),
          .order = value.at("order"),
          .places = {value.at("data").get<std::string>(), value.at("results").get<std::string>()},
          .device = value.at("device"),
          .threads = value.at("threads")};
}

RunOutcome execute(const RunTask& task) {
  const RunIdentity identity = identify(task.config, task.places);
  const std::filesystem::path file = run_file(task.config, identity, task.study, task.places);
  if (std::filesystem::exists(file)) return RunOutcome::kSkipped;
  const auto lock = FileLock::try_lock(lock_path(file));
  if (!lock) return RunOutcome::kBusy;
  if (std::filesystem::exists(file)) return RunOutcome::kSkipped;  // finished while we waited
  at::set_num_threads(static_cast<int>(task.threads));
  Run(task, identity).record_to(file);
  return RunOutcome::kFinished;
}

}  // namespace rankwise
