#include "framework/run/workers.h"

#include "framework/core/error.h"
#include "framework/core/foreign.h"
#include "framework/io/file_lock.h"
#include "framework/run/calibration.h"
#include "framework/run/plugin.h"
#include "framework/run/stop_signals.h"
#include "framework/run/worker_process.h"
#include "framework/train/progress.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <iterator>

namespace rankwise {

namespace {

using nlohmann::json;

// How long a wait lasts before it looks at ended workers and asked-for stops again.
constexpr int kMilliseconds = 50;

// The stop may reach a worker, from a terminal say, before it can answer or has anything to save.
bool died_of_stop(const WorkerEnd& end) {
  if (!end.status) return false;
  if (WIFEXITED(*end.status)) return WEXITSTATUS(*end.status) == kNotDone;
  if (!StopSignals::requested() || !WIFSIGNALED(*end.status)) return false;
  return WTERMSIG(*end.status) == SIGTERM || WTERMSIG(*end.status) == SIGINT;
}

// An answer counts whatever came after it: the run's file was whole by then.
void conclude(WorkerResult& result, const WorkerEnd& end) {
  const json answer = json::parse(end.answer, nullptr, /*allow_exceptions=*/false);
  if (answer.is_object() && answer.contains("error")) {
    result.error = answer["error"];
  } else if (answer.is_object()) {
    result.outcome = run_outcome(answer.at("outcome").get<std::string>());
  } else if (died_of_stop(end)) {
    result.outcome = RunOutcome::kStopped;
  } else {
    result.error = silence_of(end);
  }
}

class Pool {
 public:
  Pool(const std::vector<RunJob>& jobs, const WorkerOptions& options)
      : jobs_(jobs), options_(options) {
    for (const RunJob& job : jobs) {
      results_.push_back({job.config.label, job.config.seed, RunOutcome::kStopped, ""});
    }
  }

  void run(const std::vector<std::size_t>& which) {
    for (const std::size_t job : which) {
      if (is_finished(jobs_[job])) {  // a process would say no more
        results_[job].outcome = RunOutcome::kSkipped;
        continue;
      }
      while (static_cast<std::int64_t>(workers_.size()) >= options_.jobs) wait();
      if (StopSignals::requested()) break;
      start(job);
    }
    while (!workers_.empty()) wait();
  }

  const std::vector<WorkerResult>& results() const { return results_; }

 private:
  struct Worker {
    std::size_t job;
    WorkerProcess process;
  };

  void start(std::size_t job) {
    json order = jobs_[job].to_json();
    order["plugins"] = options_.plugins;
    workers_.push_back({job, WorkerProcess(options_.program, order.dump())});
  }

  // Reads answers and takes leave of workers that ended, once.
  void wait() {
    pass_stop_on();
    std::vector<pollfd> waiting;
    for (const Worker& worker : workers_) {
      waiting.push_back({worker.process.descriptor(), POLLIN, 0});
    }
    poll(waiting.data(), waiting.size(), kMilliseconds);
    for (auto worker = workers_.begin(); worker != workers_.end();) {
      worker->process.read();
      const auto end = worker->process.end();
      if (end) finish(results_[worker->job], *end);
      worker = end ? workers_.erase(worker) : std::next(worker);
    }
  }

  void pass_stop_on() {
    if (asked_ || !StopSignals::requested()) return;
    asked_ = true;
    fmt::print(stderr, "{}stopping after the running step; a second signal ends at once\n",
               fresh_line());
    for (const Worker& worker : workers_) worker.process.ask_to_stop();
  }

  static void finish(WorkerResult& result, const WorkerEnd& end) {
    conclude(result, end);
    if (result.error.empty()) return;
    fmt::print(stderr, "{}{} seed {}  failed: {}\n", fresh_line(), result.label, result.seed,
               result.error);
  }

  const std::vector<RunJob>& jobs_;
  const WorkerOptions& options_;
  std::vector<WorkerResult> results_;
  std::vector<Worker> workers_;
  bool asked_ = false;
};

std::vector<std::size_t> busy_ones(const std::vector<WorkerResult>& results) {
  std::vector<std::size_t> busy;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].error.empty() && results[i].outcome == RunOutcome::kBusy) busy.push_back(i);
  }
  return busy;
}

void wait_for(const RunJob& job) {
  const std::filesystem::path lock = lock_path(run_file(job));
  const std::string holder = FileLock::holder(lock);
  fmt::print(stderr, "{} seed {}  is being run by {}; waiting for it\n", job.config.label,
             job.config.seed, holder.empty() ? "another process" : holder);
  FileLock::wait(lock, StopSignals::requested);
}

}  // namespace

std::vector<WorkerResult> run_workers(const std::vector<RunJob>& jobs,
                                      const WorkerOptions& options) {
  std::signal(SIGCHLD, SIG_DFL);  // where our parent ignored it, exit statuses would be lost
  std::vector<std::size_t> all(jobs.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  Pool pool(jobs, options);
  pool.run(all);
  for (auto busy = busy_ones(pool.results()); !busy.empty() && !StopSignals::requested();
       busy = busy_ones(pool.results())) {
    wait_for(jobs[busy.front()]);
    pool.run(busy);
  }
  return pool.results();
}

int worker_main(int answer_descriptor) {
  const StopSignals signals;
  json answer;
  bool stopped = false;
  try {
    check(fcntl(answer_descriptor, F_SETFD, FD_CLOEXEC) == 0,
          "descriptor {} is not open: `rankwise run` starts workers, not people",
          answer_descriptor);
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    const json order = json::parse(text);
    load_plugins(order.at("plugins").get<std::vector<std::string>>());
    const RunJob job = RunJob::from_json(order);
    if (order.contains("calibrate")) {
      answer["calibration"] = calibrate(job, order["calibrate"].get<double>()).to_json();
    } else {
      const RunOutcome outcome = execute(job, StopSignals::requested);
      answer["outcome"] = to_string(outcome);
      stopped = outcome == RunOutcome::kStopped;
    }
  } catch (const std::exception& error) {
    answer["error"] = plain_message(error);
  }
  write_all(answer_descriptor, answer.dump(-1, ' ', false, json::error_handler_t::replace));
  return answer.contains("error") ? 1 : stopped ? kNotDone : 0;
}

}  // namespace rankwise
