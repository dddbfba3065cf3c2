#include "framework/train/workers.h"

#include "framework/core/error.h"
#include "framework/core/foreign.h"
#include "framework/io/file_lock.h"
#include "framework/train/study.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <iterator>
#include <map>

namespace rankwise {

namespace {

using nlohmann::json;

// Ends of a pipe that close themselves; both are closed in children that exec.
struct Pipe {
  Pipe() { check(pipe2(ends.data(), O_CLOEXEC) == 0, "no pipe: {}", std::strerror(errno)); }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(int end) {
    if (ends[end] >= 0) close(ends[end]);
    ends[end] = -1;
  }
  std::array<int, 2> ends{-1, -1};
};

void write_all(int descriptor, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;  // the child ended early; its exit status says why
    done += static_cast<std::size_t>(count);
  }
}

std::string read_all(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

// One running child and its answer's pipe.
struct Worker {
  std::size_t task = 0;
  std::unique_ptr<Pipe> answer;
};

// A worker ends with its parent: one that outlived it would compute unseen and hold a run's lock.
[[noreturn]] void become_worker(pid_t parent, const std::string& program, const Pipe& order,
                                const Pipe& answer) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it ended before the line above
  dup2(order.ends[0], STDIN_FILENO);
  dup2(answer.ends[1], STDOUT_FILENO);
  std::string worker = "worker";
  std::string path = program;
  std::array<char*, 3> arguments{path.data(), worker.data(), nullptr};
  execv(program.c_str(), arguments.data());
  _exit(127);
}

class Pool {
 public:
  Pool(const std::vector<RunTask>& tasks, const WorkerOptions& options)
      : tasks_(tasks), options_(options), results_(tasks.size()) {
    std::signal(SIGPIPE, SIG_IGN);
  }

  void run(const std::vector<std::size_t>& which) {
    for (const std::size_t task : which) {
      while (static_cast<std::int64_t>(workers_.size()) >= options_.jobs) reap();
      start(task);
    }
    while (!workers_.empty()) reap();
  }

  std::vector<WorkerResult> results() const { return results_; }

 private:
  void start(std::size_t task) {
    results_[task] = {tasks_[task].config.label, tasks_[task].config.seed, {}, ""};
    json order = tasks_[task].to_json();
    order["plugins"] = options_.plugins;
    Pipe input;
    auto answer = std::make_unique<Pipe>();
    std::fflush(nullptr);
    const pid_t self = getpid();
    const pid_t child = fork();
    check(child >= 0, "no process can be started: {}", std::strerror(errno));
    if (child == 0) become_worker(self, options_.program, input, *answer);
    answer->close_end(1);
    input.close_end(0);
    write_all(input.ends[1], order.dump());
    workers_.emplace(child, Worker{task, std::move(answer)});
  }

  void reap() {
    int status = 0;
    const pid_t child = waitpid(-1, &status, 0);
    const auto found = workers_.find(child);
    if (found == workers_.end()) return;
    const std::size_t task = found->second.task;
    conclude(results_[task], read_all(found->second.answer->ends[0]), status);
    workers_.erase(found);
    const WorkerResult& result = results_[task];
    if (!result.error.empty()) {
      fmt::print(stderr, "{} seed {}  failed: {}\n", result.label, result.seed, result.error);
    }
  }

  static void conclude(WorkerResult& result, const std::string& answer, int status) {
    const json parsed = json::parse(answer, nullptr, false);
    if (WIFSIGNALED(status)) {
      result.error =
          fmt::format("ended by signal {} ({})", WTERMSIG(status), strsignal(WTERMSIG(status)));
    } else if (parsed.is_discarded()) {
      result.error = fmt::format("ended with exit code {} and no answer", WEXITSTATUS(status));
    } else if (parsed.contains("error")) {
      result.error = parsed["error"];
    } else {
      result.outcome = static_cast<RunOutcome>(parsed["outcome"].get<int>());
    }
  }

  const std::vector<RunTask>& tasks_;
  const WorkerOptions& options_;
  std::vector<WorkerResult> results_;
  std::map<pid_t, Worker> workers_;
};

std::vector<std::size_t> busy_ones(const std::vector<WorkerResult>& results) {
  std::vector<std::size_t> busy;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].error.empty() && results[i].outcome == RunOutcome::kBusy) busy.push_back(i);
  }
  return busy;
}

void wait_for(const RunTask& task) {
  const auto file =
      run_file(task.config, identify(task.config, task.places), task.study, task.places);
  const std::filesystem::path lock = lock_path(file);
  fmt::print(stderr, "{} seed {}  is being run by {}; waiting for it\n", task.config.label,
             task.config.seed, FileLock::holder(lock));
  FileLock::wait(lock);
}

}  // namespace

std::vector<WorkerResult> run_workers(const std::vector<RunTask>& tasks,
                                      const WorkerOptions& options) {
  std::vector<std::size_t> all(tasks.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  Pool pool(tasks, options);
  pool.run(all);
  for (auto busy = busy_ones(pool.results()); !busy.empty(); busy = busy_ones(pool.results())) {
    wait_for(tasks[busy.front()]);
    pool.run(busy);
  }
  return pool.results();
}

int worker_main() {
  json answer;
  try {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    const json order = json::parse(text);
    load_plugins(order.at("plugins").get<std::vector<std::string>>());
    answer["outcome"] = static_cast<int>(execute(RunTask::from_json(order)));
  } catch (const std::exception& error) {
    answer["error"] = plain_message(error);
  }
  std::cout << answer.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
  return answer.contains("error") ? 1 : 0;
}

}  // namespace rankwise
