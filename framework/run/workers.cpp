#include "framework/run/workers.h"

#include "framework/core/error.h"
#include "framework/core/foreign.h"
#include "framework/core/say.h"
#include "framework/core/terminal.h"
#include "framework/io/hdf5_end.h"
#include "framework/io/lease_watch.h"
#include "framework/run/calibration.h"
#include "framework/run/plugin.h"
#include "framework/run/progress_json.h"
#include "framework/run/stop_signals.h"
#include "framework/run/study_status.h"
#include "framework/run/worker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>
#include <thread>

namespace rankwise {

namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

// How long a wait lasts before it looks at ended workers and asked-for stops again.
constexpr int kMilliseconds = 50;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The stop may reach a worker, from a terminal say, before it can answer or has anything to save.
bool died_of_stop(const WorkerEnd& end) {
  if (!end.status) return false;
  if (WIFEXITED(*end.status)) return WEXITSTATUS(*end.status) == kNotDone;
  if (!StopSignals::requested() || !WIFSIGNALED(*end.status)) return false;
  return WTERMSIG(*end.status) == SIGTERM || WTERMSIG(*end.status) == SIGINT;
}

// An answer counts whatever came after it: the run's file was whole by then.
void conclude(WorkerResult& result, const std::string& text, const WorkerEnd& end) {
  const json answer = json::parse(text, nullptr, /*allow_exceptions=*/false);
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

// On a terminal it alone writes there, and workers tell it what they would have written: of two
// processes each would write over the other's line.
class Pool {
 public:
  Pool(const std::vector<RunJob>& jobs, const WorkerOptions& options)
      : jobs_(jobs),
        options_(options),
        on_terminal_(is_terminal(STDERR_FILENO)),
        status_(jobs.size(), options.jobs) {
    for (const RunJob& job : jobs) {
      results_.push_back({job.config.label, job.config.seed, RunOutcome::kStopped, ""});
    }
  }

  void run(const std::vector<std::size_t>& which) {
    for (const std::size_t job : which) {
      const bool finished = is_finished(jobs_[job]);
      if (finished && hdf5::missing_end(run_file(jobs_[job])).empty()) {  // a process says no more
        clear_leftovers(jobs_[job]);
        results_[job].outcome = RunOutcome::kSkipped;
        status_.passed_over();
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
    std::string answer{};
  };

  void start(std::size_t job) {
    json order = jobs_[job].to_json();
    order["plugins"] = options_.plugins;
    order["tell"] = on_terminal_;
    const Messages messages = on_terminal_ ? Messages::kKept : Messages::kPassedOn;
    workers_.push_back({job, WorkerProcess(options_.program, order.dump(), messages)});
    const std::string name = fmt::format("{} seed {}", results_[job].label, results_[job].seed);
    status_.started(job, name, Clock::now());
  }

  // Reads answers and takes leave of workers that ended, once.
  void wait() {
    pass_stop_on();
    std::vector<pollfd> waiting;
    for (const Worker& worker : workers_) {
      for (const int descriptor : worker.process.descriptors()) {
        waiting.push_back({descriptor, POLLIN, 0});
      }
    }
    poll(waiting.data(), waiting.size(), kMilliseconds);
    for (auto worker = workers_.begin(); worker != workers_.end();) {
      worker->process.read();
      hear(*worker, worker->process.take_lines());
      const auto end = worker->process.end();
      if (end) hear(*worker, lines_of(end->answer));  // what came since
      for (const std::string& message : worker->process.take_messages()) say(message);
      if (end) finish(*worker, *end);
      worker = end ? workers_.erase(worker) : std::next(worker);
    }
    show_status();
  }

  // Progress is for the terminal; what else it says on its descriptor is its answer.
  void hear(Worker& worker, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      const json said = json::parse(line, nullptr, /*allow_exceptions=*/false);
      if (said.is_object() && said.contains("progress")) {
        status_.told(worker.job, run_progress(said["progress"]), Clock::now());
      } else {
        worker.answer += line;
      }
    }
  }

  // Above the lines of a terminal that are written anew.
  void say(const std::string& line) {
    lines_.clear();
    rankwise::say("{}\n", line);
  }

  // Often enough to look alive; every step would flicker.
  void show_status() {
    constexpr auto kPause = std::chrono::milliseconds(200);
    if (!on_terminal_) return;
    if (workers_.empty()) return lines_.clear();
    const Clock::time_point now = Clock::now();
    if (now - shown_ < kPause) return;
    shown_ = now;
    lines_.show(status_.lines(terminal_width(STDERR_FILENO), now));
  }

  void pass_stop_on() {
    if (asked_ || !StopSignals::requested()) return;
    asked_ = true;
    say("stopping after the running step; a second signal ends at once");
    for (const Worker& worker : workers_) worker.process.ask_to_stop();
  }

  void finish(const Worker& worker, const WorkerEnd& end) {
    WorkerResult& result = results_[worker.job];
    conclude(result, worker.answer, end);
    const bool trained = result.error.empty() && result.outcome == RunOutcome::kFinished;
    status_.ended(worker.job, trained, Clock::now());
    if (result.error.empty()) return;
    say(fmt::format("{} seed {}  failed: {}", result.label, result.seed, result.error));
  }

  const std::vector<RunJob>& jobs_;
  const WorkerOptions& options_;
  std::vector<WorkerResult> results_;
  std::vector<Worker> workers_;
  bool asked_ = false;
  bool on_terminal_;
  StudyStatus status_;
  StatusLines lines_{};
  Clock::time_point shown_{};
};

std::vector<std::size_t> busy_ones(const std::vector<WorkerResult>& results) {
  std::vector<std::size_t> busy;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].error.empty() && results[i].outcome == RunOutcome::kBusy) busy.push_back(i);
  }
  return busy;
}

// Runs that other processes hold: waited for until one is free, or, where that is not wanted, until
// all of them prove to be in good hands.
class Waiting {
 public:
  Waiting(const std::vector<RunJob>& jobs, bool for_the_living)
      : jobs_(jobs), for_the_living_(for_the_living) {}

  /// Those of `busy` that may be tried again; none where they are left to others, or a stop is
  /// asked for.
  std::vector<std::size_t> wait(const std::vector<std::size_t>& busy) {
    for (const std::size_t job : busy) say(job);
    while (!busy.empty() && !StopSignals::requested()) {
      std::vector<std::size_t> free;
      std::size_t alive = 0;
      for (const std::size_t job : busy) {
        const LeaseWatch::Finding found = watch_.look(lock_path(run_file(jobs_[job])));
        if (found == LeaseWatch::Finding::kFree) free.push_back(job);
        if (found == LeaseWatch::Finding::kAlive) ++alive;
      }
      if (!free.empty()) return free;
      if (!for_the_living_ && alive == busy.size()) return {};
      std::this_thread::sleep_for(LeaseWatch::kPause);
    }
    return {};
  }

 private:
  void say(std::size_t job) {
    if (!said_.insert(job).second) return;
    const RunConfig& config = jobs_[job].config;
    rankwise::say("{} seed {}  is being run by {}; {}\n", config.label, config.seed,
                  LeaseWatch::holder(lock_path(run_file(jobs_[job]))),
                  for_the_living_ ? "waiting for it" : "looking whether it is alive");
  }

  const std::vector<RunJob>& jobs_;
  const bool for_the_living_;
  LeaseWatch watch_;
  std::set<std::size_t> said_;
};

}  // namespace

std::vector<WorkerResult> run_workers(const std::vector<RunJob>& jobs,
                                      const WorkerOptions& options) {
  std::signal(SIGCHLD, SIG_DFL);  // where our parent ignored it, exit statuses would be lost
  std::vector<std::size_t> all(jobs.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  Pool pool(jobs, options);
  pool.run(all);
  Waiting others(jobs, options.wait);
  for (;;) {
    const auto free = others.wait(busy_ones(pool.results()));
    if (free.empty()) return pool.results();
    pool.run(free);
  }
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
      ProgressReport report;
      if (order.value("tell", false)) {
        report = [=](const RunProgress& progress) {
          write_all(answer_descriptor, json{{"progress", to_json(progress)}}.dump() + "\n");
        };
      }
      const RunOutcome outcome = execute(job, StopSignals::requested, report);
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
