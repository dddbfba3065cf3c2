#include "analysis/output/process.h"

#include "framework/core/error.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to us

namespace rankwise::analysis {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

std::string reason(int error_number) { return std::generic_category().message(error_number); }

/// A pipe whose ends close themselves, also in programs that are started.
class Pipe {
 public:
  explicit Pipe(const std::string& of) {
    check(pipe2(ends_.data(), O_CLOEXEC) == 0, "{}: no pipe: {}", of, reason(errno));
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  int reading() const { return ends_[0]; }  // -1 at its end
  int writing() const { return ends_[1]; }
  void close_writing() { close_end(1); }

  /// Takes what is there; closes the end where nothing will come.
  void read_into(std::string& text) {
    std::array<char, 4096> buffer{};
    const ssize_t count = ::read(ends_[0], buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) return;
    if (count <= 0) return close_end(0);
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }

 private:
  void close_end(std::size_t end) {
    if (ends_[end] >= 0) ::close(ends_[end]);
    ends_[end] = -1;
  }
  std::array<int, 2> ends_{-1, -1};
};

/// What the child's descriptors and folder become.
class FileActions {
 public:
  FileActions(int output, int errors, const std::filesystem::path& folder) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
    posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
  }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

/// When to give up; never where there is no limit.
class Deadline {
 public:
  explicit Deadline(std::optional<Milliseconds> limit) {
    if (limit) end_ = Clock::now() + *limit;
  }
  bool is_over() const { return end_ && Clock::now() >= *end_; }
  int milliseconds_left() const {  // as poll() takes them
    if (!end_) return -1;
    const auto left = std::chrono::ceil<Milliseconds>(*end_ - Clock::now());
    return static_cast<int>(std::max<Milliseconds::rep>(left.count(), 0));
  }

 private:
  std::optional<Clock::time_point> end_;
};

/// Until both ends are closed; false where the time was over before.
bool read_both(Pipe& output, Pipe& errors, ProcessResult& result, const Deadline& deadline) {
  while (output.reading() >= 0 || errors.reading() >= 0) {
    if (deadline.is_over()) return false;
    std::array<pollfd, 2> ends{
        {{output.reading(), POLLIN, 0}, {errors.reading(), POLLIN, 0}}};  // -1 is passed over
    if (poll(ends.data(), ends.size(), deadline.milliseconds_left()) <= 0) continue;
    if (ends[0].revents != 0) output.read_into(result.output);
    if (ends[1].revents != 0) errors.read_into(result.errors);
  }
  return true;
}

int wait_for(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::optional<ProcessResult> run_process(const std::vector<std::string>& arguments,
                                         const std::filesystem::path& folder,
                                         std::optional<Milliseconds> limit) {
  Pipe output(arguments[0]), errors(arguments[0]);
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments)
    pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);

  pid_t process = 0;
  const FileActions actions(output.writing(), errors.writing(), folder);
  const int failure =
      posix_spawnp(&process, pointers[0], actions.get(), nullptr, pointers.data(), environ);
  if (failure == ENOENT && std::filesystem::is_directory(folder)) return std::nullopt;
  check(failure == 0, "{}: could not be started in {}: {}", arguments[0], folder.string(),
        reason(failure));
  output.close_writing();
  errors.close_writing();
  ProcessResult result;
  const bool ended = read_both(output, errors, result, Deadline(limit));
  if (!ended) kill(process, SIGKILL);
  result.exit_code = wait_for(process);
  check(ended, "{}: has not ended after {:.1f} s", arguments[0],
        std::chrono::duration<double>(limit.value_or(Milliseconds(0))).count());
  return result;
}

}  // namespace rankwise::analysis
