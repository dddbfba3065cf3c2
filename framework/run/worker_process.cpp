#include "framework/run/worker_process.h"

#include "framework/core/error.h"
#include "framework/run/stop_signals.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

namespace rankwise {

// Ends of a pipe that close themselves; both are closed in children that exec.
class WorkerProcess::Pipe {
 public:
  Pipe() { check(pipe2(ends_.data(), O_CLOEXEC) == 0, "no pipe: {}", std::strerror(errno)); }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void close_reading() { close_end(0); }
  void close_writing() { close_end(1); }

 private:
  void close_end(std::size_t end) {
    if (ends_[end] >= 0) close(ends_[end]);
    ends_[end] = -1;
  }
  std::array<int, 2> ends_{-1, -1};
};

namespace {

struct Descriptors {
  int order, answer;
};

// What a plug-in prints must not mix with the parent's own output, which scripts read.
[[noreturn]] void become_worker(pid_t parent, const std::string& program,
                                const Descriptors& descriptors) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it ended before the line above
  dup2(descriptors.order, STDIN_FILENO);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  fcntl(descriptors.answer, F_SETFD, 0);  // stays open in the worker
  std::array<std::string, 4> words{program, "worker", "--answer",
                                   std::to_string(descriptors.answer)};
  std::array<char*, 5> arguments{words[0].data(), words[1].data(), words[2].data(), words[3].data(),
                                 nullptr};
  execv(program.c_str(), arguments.data());
  _exit(127);
}

std::string death(int signal) {
  std::string text = fmt::format("ended by signal {} ({})", signal, strsignal(signal));
  if (signal != SIGKILL) return text;
  return text + "; memory may have run out: see dmesg, and try fewer --jobs";
}

}  // namespace

std::string silence_of(const WorkerEnd& end) {
  if (!end.status) return "ended, and what became of it is not known";
  if (WIFSIGNALED(*end.status)) return death(WTERMSIG(*end.status));
  return fmt::format("ended with exit code {} and no answer", WEXITSTATUS(*end.status));
}

void write_all(int descriptor, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = write(descriptor, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;  // the reader ended early; its exit status says why
    done += static_cast<std::size_t>(count);
  }
}

WorkerProcess::WorkerProcess(const std::string& program, const std::string& order)
    : answer_pipe_(std::make_unique<Pipe>()) {
  Pipe input;
  fcntl(answer_pipe_->reading(), F_SETFL, O_NONBLOCK);
  std::fflush(nullptr);
  const pid_t self = getpid();
  {
    const HeldRequests held;
    process_ = fork();
    if (process_ == 0) {
      become_worker(self, program, {input.reading(), answer_pipe_->writing()});
    }
  }
  check(process_ >= 0, "no process can be started: {}", std::strerror(errno));
  answer_pipe_->close_writing();
  input.close_reading();
  write_all(input.writing(), order);
}

WorkerProcess::WorkerProcess(WorkerProcess&&) noexcept = default;
WorkerProcess& WorkerProcess::operator=(WorkerProcess&&) noexcept = default;
WorkerProcess::~WorkerProcess() = default;

int WorkerProcess::descriptor() const { return answer_pipe_->reading(); }

void WorkerProcess::read() {
  std::array<char, 4096> buffer{};
  while (answer_pipe_->reading() >= 0) {
    const ssize_t count = ::read(answer_pipe_->reading(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;  // nothing more for now
    if (count == 0) answer_pipe_->close_reading();
    answer_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

std::optional<WorkerEnd> WorkerProcess::end() {
  int status = 0;
  const pid_t found = waitpid(process_, &status, WNOHANG);
  if (found == 0 || (found < 0 && errno == EINTR)) return std::nullopt;
  read();
  WorkerEnd end{answer_, std::nullopt};
  if (found == process_) end.status = status;
  return end;
}

void WorkerProcess::ask_to_stop() const { kill(process_, StopSignals::request_signal()); }

}  // namespace rankwise
