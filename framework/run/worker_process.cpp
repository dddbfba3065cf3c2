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
  int order, answer, messages;  // the last one: -1 where standard error stays
};

// What a plug-in prints must not mix with the parent's own output, which scripts read.
[[noreturn]] void become_worker(pid_t parent, const std::string& program,
                                const Descriptors& descriptors) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // it ended before the line above
  dup2(descriptors.order, STDIN_FILENO);
  if (descriptors.messages >= 0) dup2(descriptors.messages, STDERR_FILENO);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  fcntl(descriptors.answer, F_SETFD, 0);  // stays open in the worker
  std::array<std::string, 4> words{program, "worker", "--answer",
                                   std::to_string(descriptors.answer)};
  std::array<char*, 5> arguments{words[0].data(), words[1].data(), words[2].data(), words[3].data(),
                                 nullptr};
  execv(program.c_str(), arguments.data());
  _exit(127);
}

std::vector<std::string> take_whole_lines(std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos;
       begin = end + 1, end = text.find('\n', begin)) {
    lines.push_back(text.substr(begin, end - begin));
  }
  text.erase(0, begin);
  return lines;
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

WorkerProcess::WorkerProcess(const std::string& program, const std::string& order,
                             Messages messages)
    : answer_pipe_(std::make_unique<Pipe>()),
      message_pipe_(messages == Messages::kKept ? std::make_unique<Pipe>() : nullptr) {
  Pipe input;
  for (const int descriptor : descriptors()) fcntl(descriptor, F_SETFL, O_NONBLOCK);
  std::fflush(nullptr);
  const pid_t self = getpid();
  {
    const HeldRequests held;
    process_ = fork();
    if (process_ == 0) {
      become_worker(self, program,
                    {input.reading(), answer_pipe_->writing(),
                     message_pipe_ ? message_pipe_->writing() : -1});
    }
  }
  check(process_ >= 0, "no process can be started: {}", std::strerror(errno));
  answer_pipe_->close_writing();
  if (message_pipe_) message_pipe_->close_writing();
  input.close_reading();
  write_all(input.writing(), order);
}

WorkerProcess::WorkerProcess(WorkerProcess&&) noexcept = default;
WorkerProcess& WorkerProcess::operator=(WorkerProcess&&) noexcept = default;
WorkerProcess::~WorkerProcess() = default;

std::vector<int> WorkerProcess::descriptors() const {
  std::vector<int> all{answer_pipe_->reading()};
  if (message_pipe_) all.push_back(message_pipe_->reading());
  return all;
}

void WorkerProcess::read_into(std::string& text, Pipe& pipe) {
  std::array<char, 4096> buffer{};
  while (pipe.reading() >= 0) {
    const ssize_t count = ::read(pipe.reading(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;  // nothing more for now
    if (count == 0) pipe.close_reading();
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

void WorkerProcess::read() {
  read_into(answer_, *answer_pipe_);
  if (message_pipe_) read_into(messages_, *message_pipe_);
}

std::vector<std::string> WorkerProcess::take_lines() { return take_whole_lines(answer_); }

std::vector<std::string> WorkerProcess::take_messages() {
  if (ended_ && !messages_.empty() && messages_.back() != '\n') messages_ += '\n';
  return take_whole_lines(messages_);
}

std::optional<WorkerEnd> WorkerProcess::end() {
  int status = 0;
  const pid_t found = waitpid(process_, &status, WNOHANG);
  if (found == 0 || (found < 0 && errno == EINTR)) return std::nullopt;
  ended_ = true;
  read();
  WorkerEnd end{answer_, std::nullopt};
  if (found == process_) end.status = status;
  return end;
}

void WorkerProcess::ask_to_stop() const { kill(process_, StopSignals::request_signal()); }

}  // namespace rankwise
