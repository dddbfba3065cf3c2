#include "analysis/output/process.h"

#include "framework/core/error.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to us

namespace rankwise::analysis {
namespace {

/// What the child's descriptors and folder become.
class FileActions {
 public:
  FileActions(int error_descriptor, const std::filesystem::path& folder) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, error_descriptor, STDERR_FILENO);
    posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
  }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

std::string read_to_end(int descriptor) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

int wait_for(pid_t process) {
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string reason(int error_number) { return std::generic_category().message(error_number); }

}  // namespace

std::optional<ProcessResult> run_process(const std::vector<std::string>& arguments,
                                         const std::filesystem::path& folder) {
  std::array<int, 2> pipe_ends{};
  check(pipe2(pipe_ends.data(), O_CLOEXEC) == 0, "{}: no pipe: {}", arguments[0], reason(errno));
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments)
    pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);

  pid_t process = 0;
  const FileActions actions(pipe_ends[1], folder);
  const int failure =
      posix_spawnp(&process, pointers[0], actions.get(), nullptr, pointers.data(), environ);
  close(pipe_ends[1]);
  if (failure != 0) {
    close(pipe_ends[0]);
    if (failure == ENOENT && std::filesystem::is_directory(folder)) return std::nullopt;
    fail("{}: could not be started in {}: {}", arguments[0], folder.string(), reason(failure));
  }
  ProcessResult result;
  result.errors = read_to_end(pipe_ends[0]);
  close(pipe_ends[0]);
  result.exit_code = wait_for(process);
  return result;
}

}  // namespace rankwise::analysis
