#include "framework/run/run.h"

#include "framework/core/error.h"
#include "framework/core/foreign.h"
#include "framework/core/say.h"
#include "framework/io/hdf5_end.h"
#include "framework/io/lease.h"
#include "framework/record/run_writer.h"
#include "framework/run/identify.h"
#include "framework/run/parameter_files.h"
#include "framework/run/progress_json.h"
#include "framework/run/run_attributes.h"
#include "framework/run/run_setup.h"
#include "framework/run/stop_signals.h"
#include "framework/run/training_run.h"
#include "framework/train/checkpoint.h"
#include "framework/train/process_lost.h"
#include "framework/train/progress.h"
#include "framework/train/training_logs.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

namespace rankwise {

namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::array<std::pair<RunOutcome, const char*>, 4> kOutcomes{
    {{RunOutcome::kFinished, "finished"},
     {RunOutcome::kSkipped, "skipped"},
     {RunOutcome::kBusy, "busy"},
     {RunOutcome::kStopped, "stopped"}}};

constexpr std::int64_t kTrain = -1;  // beside the outcomes

// What the run's lease says of it, for `rankwise status`.
json work_of(const RunProgress& progress) {
  json value{{"progress", to_json(progress)}};
  if (const char* array = std::getenv("SLURM_ARRAY_JOB_ID")) {
    const char* task = std::getenv("SLURM_ARRAY_TASK_ID");
    value["slurm"] = fmt::format("{}_{}", array, task == nullptr ? "" : task);
  }
  return value;
}

// The logs beside the run file, and how far the run is, for its lease.
class LogsAndLease : public Observer {
 public:
  LogsAndLease(TrainingLogs& logs, Lease& lease, std::int64_t steps)
      : logs_(logs), lease_(lease), steps_(steps) {}

  void on_step(const StepRecord& record) override {
    logs_.on_step(record);
    // Counts from the first step: what came before says nothing of the others.
    if (!progress_) {
      progress_.emplace("", steps_, [this](const RunProgress& at) { lease_.say(work_of(at)); });
    }
    progress_->on_step(record);
  }
  void on_evaluation(const EvaluationRecord& record) override { logs_.on_evaluation(record); }

 private:
  TrainingLogs& logs_;
  Lease& lease_;
  std::int64_t steps_;
  std::optional<Progress> progress_;
};

void record_failure(RunWriter& writer, const std::string& message) {
  try {
    writer.fail(message);
  } catch (const Error&) {  // a full disk, say: the first failure is the one to show
  }
}

void say_stopped(const TrainingRun& run, bool checkpoints) {
  say("{}{}  stopped at step {}; {}\n", fresh_line(), run.name(), run.steps_done(),
      checkpoints ? "the same command resumes it there"
                  : "it starts from scratch next time, for record.checkpoints is false");
}

// Reads data and makes the model, which may take minutes and leaves nothing that could be lost.
std::unique_ptr<TrainingRun> prepared(const RunJob& job, const StopRequest& stop, Lease& lease,
                                      Collective& processes) {
  const EndsAtOnce nothing_to_save("", lock_path(run_file(job)));
  return std::make_unique<TrainingRun>(
      job, stop, [&lease] { lease.check(); }, processes);
}

// The whole run but for what is written, in every process but the first.
RunOutcome follow(const RunJob& job, const StopRequest& stop, Collective& processes) {
  TrainingRun run(
      job, stop, [] {}, processes);
  if (agreed(processes, 0) != 0) return RunOutcome::kStopped;
  run.resume_from(run_file(job));
  try {
    run.follow();
    return RunOutcome::kFinished;
  } catch (const Stopped&) {
    return RunOutcome::kStopped;
  }
}

// Trains and records into the run's file, which has its name when all is written.
RunOutcome record(const RunJob& job, const StopRequest& stop, Lease& lease,
                  const ProgressReport& report, Collective& processes) {
  const Clock::time_point begin = Clock::now();
  start_peak(parse_device(job.device));
  const std::unique_ptr<TrainingRun> run = prepared(job, stop, lease, processes);
  if (agreed(processes, stop() ? 1 : 0) != 0) return RunOutcome::kStopped;
  lease.check();
  const std::filesystem::path file = run_file(job);
  const RunHistory history = run->resume_from(file);
  RunWriter writer(file, run->layout(), opening_attributes(job, run->scale(), processes), history);
  try {
    TrainingLogs logs(job.config.record.logs, file, run->layout(), history);
    LogsAndLease watching(logs, lease, run->scale().steps);
    run->train(writer, watching, report);
    const FinalRecord record = run->close(writer);
    const std::chrono::duration<double> seconds = Clock::now() - begin;
    lease.check();
    writer.finish(record, closing_attributes(run->totals(), seconds.count()));
    remove_checkpoints(file);
    return RunOutcome::kFinished;
  } catch (const Stopped&) {
    writer.flush();
    say_stopped(*run, job.config.record.checkpoints);
    return RunOutcome::kStopped;
  } catch (const LeaseLost&) {
    writer.abandon();
    throw;
  } catch (const ProcessLost&) {
    writer.flush();
    throw;
  } catch (const std::exception& error) {
    const std::string message = plain_message(error);
    lease.check();
    record_failure(writer, message);
    throw Error(message);
  }
}

}  // namespace

std::filesystem::path run_file(const RunJob& job) {
  return run_file(job.config, job.identity, job.study, job.paths);
}

json RunJob::to_json() const {
  return {{"run", config.to_json()},
          {"identity",
           {{"tasks", identity.tasks_sha256},
            {"weights", identity.weights_sha256},
            {"init", identity.init_sha256}}},
          {"study", study},
          {"note", note},
          {"reproduces", reproduces},
          {"study_file", study_file},
          {"order", order},
          {"data", paths.data.string()},
          {"results", paths.results.string()},
          {"device", device},
          {"threads", threads},
          {"again", again}};
}

RunJob RunJob::from_json(const json& value) {
  const RunConfig config = resolve_run(value.at("run"), "run");
  const json& contents = value.at("identity");
  return {.config = config,
          .identity =
              identify(config, {contents.at("tasks"), contents.at("weights"), contents.at("init")}),
          .study = value.at("study"),
          .note = value.at("note"),
          .reproduces = value.at("reproduces"),
          .study_file = value.at("study_file"),
          .order = value.at("order"),
          .paths = {value.at("data").get<std::string>(), value.at("results").get<std::string>()},
          .device = value.at("device"),
          .threads = value.at("threads"),
          .again = value.at("again")};
}

const char* to_string(RunOutcome outcome) {
  for (const auto& [known, word] : kOutcomes) {
    if (known == outcome) return word;
  }
  fail("a run's outcome without a word");
}

RunOutcome run_outcome(std::string_view word) {
  for (const auto& [outcome, known] : kOutcomes) {
    if (known == word) return outcome;
  }
  fail("unknown outcome '{}'; the outcomes are finished, skipped, busy, stopped", word);
}

bool is_finished(const RunJob& job) { return !job.again && std::filesystem::exists(run_file(job)); }

namespace {

// All that a kill may leave beside a finished file: what is removed once it is there, and what was
// not renamed yet.
std::vector<std::filesystem::path> leftovers(const std::filesystem::path& file) {
  std::vector<std::filesystem::path> paths = {checkpoint_path(file), older_checkpoint_path(file),
                                              partial_path(file), failed_path(file)};
  for (std::filesystem::path unready : {file, partial_path(file), checkpoint_path(file),
                                        last_parameters_path(file), best_parameters_path(file)}) {
    paths.push_back(unready += ".new");
  }
  return paths;
}

}  // namespace

void clear_leftovers(const RunJob& job) {
  const std::filesystem::path file = run_file(job), lock = lock_path(file);
  std::vector<std::filesystem::path> paths = leftovers(file);
  std::erase_if(paths, [](const auto& path) { return !std::filesystem::exists(path); });
  if (paths.empty() && !std::filesystem::exists(lock)) return;
  const auto lease = Lease::try_take(lock);
  if (!lease) return;
  std::error_code ignored;  // one that stays is never read
  for (const std::filesystem::path& path : paths) std::filesystem::remove(path, ignored);
}

namespace {

// Why a run is not trained now; else its lease.
std::optional<RunOutcome> take(const RunJob& job, std::optional<Lease>& lease) {
  const std::filesystem::path file = run_file(job);
  if (is_finished(job)) {
    const std::string missing = hdf5::missing_end(file);
    check(missing.empty(), "{}: {}; delete it to train the run anew, or copy it again",
          file.string(), missing);
    clear_leftovers(job);
    return RunOutcome::kSkipped;
  }
  lease = Lease::try_take(lock_path(file));
  if (!lease) return RunOutcome::kBusy;
  // It may have been finished before we had the lease.
  if (is_finished(job)) return RunOutcome::kSkipped;
  return std::nullopt;
}

}  // namespace

RunOutcome execute(const RunJob& job, const StopRequest& stop, const ProgressReport& report,
                   Collective& processes) {
  const std::filesystem::path file = run_file(job);
  std::optional<Lease> lease;
  const std::optional<RunOutcome> done = processes.leads() ? take(job, lease) : std::nullopt;
  const std::int64_t verdict = agreed(processes, done ? static_cast<std::int64_t>(*done) : kTrain);
  if (verdict != kTrain) return static_cast<RunOutcome>(verdict);
  at::set_num_threads(static_cast<int>(job.threads));
  if (!processes.leads()) return follow(job, stop, processes);
  try {
    return record(job, stop, *lease, report, processes);
  } catch (const LeaseLost& lost) {
    if (!processes.alone()) throw;
    const std::filesystem::path folder = file.parent_path();
    check(std::filesystem::exists(folder),
          "{}: was moved or removed while a run wrote there; give --results the place where it is "
          "now, or bring it back, and the same command goes on from the last checkpoint",
          folder.string());
    say("{}{} seed {}  is left to another process: {}\n", fresh_line(), job.config.label,
        job.config.seed, lost.what());
    return RunOutcome::kBusy;
  }
}

}  // namespace rankwise
