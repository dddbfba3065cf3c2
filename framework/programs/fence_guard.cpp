#include "framework/programs/fence_guard.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <ctime>

namespace rankwise {

namespace {

constexpr int kReport = 3;  // the descriptor of the report, behind the standard ones
constexpr rlim_t kMostFileBytes = rlim_t{64} << 20;
constexpr rlim_t kMostProcesses = 256;
constexpr rlim_t kMostFiles = 256;
constexpr std::int64_t kNanoseconds = 1'000'000'000;

void write_report(const GuardReport& report) {
  [[maybe_unused]] const ssize_t written = write(kReport, &report, sizeof(report));
}

// Nothing of ours stays open in the program: run files and locks least of all.
void arrange_descriptors(const GuardPlan& plan) {
  dup2(plan.nothing, STDIN_FILENO);
  dup2(plan.output, STDOUT_FILENO);
  dup2(plan.output, STDERR_FILENO);
  if (plan.report != kReport) dup2(plan.report, kReport);
  fcntl(kReport, F_SETFD, FD_CLOEXEC);
  if (syscall(SYS_close_range, kReport + 1, UINT_MAX, 0) == 0) return;
  for (int one = kReport + 1; one < sysconf(_SC_OPEN_MAX); ++one) close(one);
}

// A limit that is lower already stays.
void limit(__rlimit_resource_t what, rlim_t soft, rlim_t hard) {
  rlimit found{};
  getrlimit(what, &found);
  const rlimit limits{std::min(soft, found.rlim_max), std::min(hard, found.rlim_max)};
  setrlimit(what, &limits);
}

void limit(__rlimit_resource_t what, rlim_t most) { limit(what, most, most); }

void set_limits(const GuardPlan& plan) {
  limit(RLIMIT_AS, plan.address_space);
  const auto seconds = static_cast<rlim_t>(plan.nanoseconds / kNanoseconds) + 1;
  limit(RLIMIT_CPU, seconds, seconds + 1);  // the first sends SIGXCPU
  limit(RLIMIT_FSIZE, kMostFileBytes);
  limit(RLIMIT_NOFILE, kMostFiles);
  limit(RLIMIT_CORE, 0);
  // Without a namespace all processes of the user count.
  if (plan.namespaces) limit(RLIMIT_NPROC, kMostProcesses);
}

// Access to files stays as it is, and nothing else of root's rights.
bool leave_root() {
  constexpr std::uint32_t kFiles = 1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH;
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> rights{};
  rights[0] = {kFiles, kFiles, kFiles};
  if (prctl(PR_SET_KEEPCAPS, 1) != 0) return false;
  if (syscall(SYS_setresuid, kProgramUser, kProgramUser, kProgramUser) != 0) return false;
  if (syscall(SYS_capset, &header, rights.data()) != 0) return false;
  return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0) == 0 &&
         prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0) == 0;
}

[[noreturn]] void become_program(const GuardPlan& plan) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int one : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) signal(one, SIG_DFL);
  setpgid(0, 0);
  set_limits(plan);
  const bool left = !plan.from_root || leave_root();
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (left && chdir(plan.folder) == 0) execve(plan.words[0], plan.words, plan.environment);
  write_report({GuardReport::kNotStarted, errno});
  _exit(127);
}

std::int64_t now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * kNanoseconds + time.tv_nsec;
}

// Takes every process that has ended; true with the status where `program` is among them.
bool has_ended(pid_t program, int& status) {
  bool ended = false;
  int one = 0;
  for (pid_t found = 0; (found = waitpid(-1, &one, WNOHANG)) > 0;) {
    if (found != program) continue;
    ended = true;
    status = one;
  }
  return ended;
}

GuardReport wait_for(pid_t program, std::int64_t end) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGCHLD);
  sigaddset(&signals, SIGTERM);
  int status = 0;
  while (!has_ended(program, status)) {
    const std::int64_t left = end - now();
    if (left <= 0) return {GuardReport::kTimeOver, 0};
    const timespec most{left / kNanoseconds, left % kNanoseconds};
    if (sigtimedwait(&signals, nullptr, &most) == SIGTERM) return {GuardReport::kTimeOver, 0};
  }
  if (WIFEXITED(status)) return {GuardReport::kExited, WEXITSTATUS(status)};
  const bool over = WTERMSIG(status) == SIGXCPU;
  return {over ? GuardReport::kTimeOver : GuardReport::kSignalled, WTERMSIG(status)};
}

// SIGKILL for each process whose number stands in the text.
void kill_numbers(const char* text, ssize_t size) {
  pid_t number = 0;
  for (ssize_t i = 0; i < size; ++i) {
    if (text[i] >= '0' && text[i] <= '9') {
      number = number * 10 + (text[i] - '0');
      continue;
    }
    if (number > 0) kill(number, SIGKILL);
    number = 0;
  }
}

// Processes whose parent ends become the guard's own children, so that in the end it has them all.
void kill_descendants(pid_t program) {
  kill(-program, SIGKILL);
  while (true) {
    const pid_t found = waitpid(-1, nullptr, WNOHANG);
    if (found < 0) return;  // no child is left
    if (found > 0) continue;
    std::array<char, 4096> children{};
    const int file = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (file >= 0) kill_numbers(children.data(), read(file, children.data(), children.size()));
    close(file);
    const timespec pause{0, 1'000'000};
    nanosleep(&pause, nullptr);
  }
}

}  // namespace

pid_t system_fork(unsigned long flags) {
  return static_cast<pid_t>(syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, 0));
}

void guard_program(const GuardPlan& plan) {
  // Process 1 of a namespace takes all others with it; another guard has to kill them itself.
  prctl(PR_SET_PDEATHSIG, plan.namespaces ? SIGKILL : SIGTERM);
  if (!plan.namespaces && getppid() != plan.parent) return;
  char byte = 0;
  if (plan.from_root && read(plan.begin, &byte, 1) != 1) return;  // whoever waits has ended
  setsid();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  arrange_descriptors(plan);
  signal(SIGCHLD, SIG_DFL);  // ignored, it would leave no status
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  const std::int64_t end = now() + plan.nanoseconds;
  const pid_t program = system_fork();
  if (program == 0) become_program(plan);
  if (program < 0) return write_report({GuardReport::kNotStarted, errno});
  const GuardReport report = wait_for(program, end);
  if (!plan.namespaces) kill_descendants(program);
  write_report(report);
}

}  // namespace rankwise
