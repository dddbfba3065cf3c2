#include "framework/programs/fence.h"

#include "framework/core/error.h"
#include "framework/programs/fence_guard.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace rankwise {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kGrace{5};  // for the guard to end what it guards

// Closes itself, also in children that exec.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { close(); }

  int get() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

struct PipeEnds {
  Descriptor reading, writing;
};

// Far from the standard ones, which the guard puts in their places.
Descriptor out_of_the_way(int number) {
  constexpr int kFirst = 16;
  const Descriptor low(number);
  Descriptor high(fcntl(low.get(), F_DUPFD_CLOEXEC, kFirst));
  check(high.get() >= 0, "no descriptor is left: {}", std::strerror(errno));
  return high;
}

PipeEnds make_pipe() {
  std::array<int, 2> ends{};
  check(pipe2(ends.data(), O_CLOEXEC) == 0, "no pipe: {}", std::strerror(errno));
  return {out_of_the_way(ends[0]), out_of_the_way(ends[1])};
}

unsigned long flags_of(const ProgramLimits& limits) {
  return limits.network ? 0 : CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC;
}

// Names root and the program's user in the namespace of a guard that waits for it.
bool name_users(pid_t guard) {
  const auto write_map = [&](const char* name, const std::string& map) {
    const Descriptor file(
        open(fmt::format("/proc/{}/{}", guard, name).c_str(), O_WRONLY | O_CLOEXEC));
    return write(file.get(), map.data(), map.size()) == static_cast<ssize_t>(map.size());
  };
  return write_map("uid_map", fmt::format("0 0 1\n{} {} 1\n", kProgramUser, kOutsideUser)) &&
         write_map("gid_map", "0 0 1\n");
}

void begin_as_another_user(pid_t guard, const PipeEnds& begin) {
  const bool named = name_users(guard);
  const int reason = errno;
  if (!named) kill(guard, SIGKILL);
  [[maybe_unused]] const ssize_t written = write(begin.writing.get(), "", 1);
  if (named) return;
  waitpid(guard, nullptr, 0);
  fail(
      "root's programs cannot be given another user here ({}); run this as another user, or accept "
      "programs without limits on their number and their network with --with-network",
      std::strerror(reason));
}

std::vector<std::string> environment_in(const std::filesystem::path& folder) {
  const char* path = std::getenv("PATH");
  return {fmt::format("PATH={}", path == nullptr ? "/usr/bin:/bin" : path),
          "HOME=" + folder.string(), "TMPDIR=" + folder.string(), "LANG=C.UTF-8"};
}

// As execve() takes them; `texts` must outlive them.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

int milliseconds_until(Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
  return left.count() < 0 ? 0 : static_cast<int>(left.count());
}

// The last of what comes until every writer is gone; false where that is later than `end`.
bool read_until(const Descriptor& output, Clock::time_point end, std::string& last) {
  std::array<char, 4096> buffer{};
  while (true) {
    pollfd waiting{output.get(), POLLIN, 0};
    const int ready = poll(&waiting, 1, milliseconds_until(end));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    const ssize_t count = read(output.get(), buffer.data(), buffer.size());
    if (count == 0) return true;
    if (count < 0) continue;
    last.append(buffer.data(), static_cast<std::size_t>(count));
    if (last.size() > ProgramOutcome::kMostOutput) {
      last.erase(0, last.size() - ProgramOutcome::kMostOutput);
    }
    if (Clock::now() > end) return false;  // one that prints without end is always ready
  }
}

GuardReport read_report(const Descriptor& pipe) {
  GuardReport report{GuardReport::kSignalled, SIGKILL};  // of a guard that was killed itself
  std::array<char, sizeof(GuardReport)> bytes{};
  const ssize_t count = read(pipe.get(), bytes.data(), bytes.size());
  if (count == static_cast<ssize_t>(bytes.size())) std::memcpy(&report, bytes.data(), bytes.size());
  return report;
}

ProgramOutcome outcome_of(const GuardReport& report, const std::string& program, double seconds) {
  check(report.kind != GuardReport::kNotStarted, "{}: cannot be started: {}", program,
        std::strerror(report.value));
  if (report.kind == GuardReport::kTimeOver) {
    return {ProgramEnd::kTimeOver, fmt::format("took more than {} s", seconds), ""};
  }
  if (report.kind == GuardReport::kSignalled) {
    return {ProgramEnd::kFailed,
            fmt::format("was ended by signal {} ({})", report.value, strsignal(report.value)), ""};
  }
  return {report.value == 0 ? ProgramEnd::kPassed : ProgramEnd::kFailed,
          fmt::format("ended with status {}", report.value), ""};
}

}  // namespace

void check_fence(const ProgramLimits& limits) {
  if (limits.network) return;
  const pid_t probe = system_fork(flags_of(limits));
  if (probe == 0) _exit(0);
  check(probe > 0,
        "this system gives programs no network namespace of their own ({}), so that generated code "
        "could reach the network; allow user namespaces (sysctl kernel.unprivileged_userns_clone, "
        "user.max_user_namespaces, or the container's seccomp profile), or accept it with "
        "--with-network",
        std::strerror(errno));
  waitpid(probe, nullptr, 0);
}

ProgramOutcome run_in_fence(const std::vector<std::string>& words,
                            const std::filesystem::path& folder, const ProgramLimits& limits) {
  std::vector<std::string> own_words = words, environment = environment_in(folder);
  const std::vector<char*> arguments = pointers_to(own_words), values = pointers_to(environment);
  const Descriptor nothing = out_of_the_way(open("/dev/null", O_RDONLY | O_CLOEXEC));
  PipeEnds output = make_pipe(), report = make_pipe(), begin = make_pipe();
  const GuardPlan plan{.words = arguments.data(),
                       .environment = values.data(),
                       .folder = folder.c_str(),
                       .nanoseconds = static_cast<std::int64_t>(limits.seconds * 1e9),
                       .address_space = static_cast<rlim_t>(limits.mebibytes) << 20,
                       .namespaces = !limits.network,
                       .from_root = !limits.network && geteuid() == 0,
                       .parent = getpid(),
                       .nothing = nothing.get(),
                       .output = output.writing.get(),
                       .report = report.writing.get(),
                       .begin = begin.reading.get()};
  const auto end = Clock::now() + std::chrono::nanoseconds(plan.nanoseconds) + kGrace;
  const pid_t guard = system_fork(flags_of(limits));
  if (guard == 0) {
    guard_program(plan);
    _exit(0);
  }
  check(guard > 0, "no process can be started: {}", std::strerror(errno));
  if (plan.from_root) begin_as_another_user(guard, begin);
  output.writing.close();
  report.writing.close();
  std::string last;
  if (!read_until(output.reading, end, last)) kill(guard, SIGKILL);
  waitpid(guard, nullptr, 0);
  ProgramOutcome outcome = outcome_of(read_report(report.reading), words.front(), limits.seconds);
  outcome.output = std::move(last);
  return outcome;
}

}  // namespace rankwise
