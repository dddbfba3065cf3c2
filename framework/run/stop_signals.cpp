#include "framework/run/stop_signals.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>

namespace rankwise {

namespace {

constexpr std::array<int, 2> kFromOutside{SIGTERM, SIGINT};

// Handlers run on any thread: flags that other threads read are atomic, and take no lock.
static_assert(std::atomic<bool>::is_always_lock_free);
std::atomic<bool> stop_requested = false;

// What EndsAtOnce was given. It outlives it, for a handler on another thread may just be reading.
struct LastActs {
  std::string words, file;
  std::string for_all;  // what StopSignals was given
};

LastActs& last_acts() {
  static LastActs acts;
  return acts;
}

std::atomic<bool> ends_at_once = false;  // set when the acts are there to be read
std::atomic<int> end_code = kNotDone;

// Only what a signal handler may do.
[[noreturn]] void end_now() {
  const LastActs& acts = last_acts();
  if (!acts.file.empty()) unlink(acts.file.c_str());
  for (const std::string* words : {&acts.words, &acts.for_all}) {
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, words->data(), words->size());
  }
  _exit(end_code);
}

// Only what a signal handler may do: a flag, and the default action for the next signal.
void request_stop(int signal) {
  stop_requested = true;
  if (ends_at_once) end_now();
  if (signal == StopSignals::request_signal()) return;
  for (const int outside : kFromOutside) std::signal(outside, SIG_DFL);
}

bool is_ignored(int signal) {
  struct sigaction current {};
  return sigaction(signal, nullptr, &current) == 0 && current.sa_handler == SIG_IGN;
}

// Reads and writes under way go on: whoever waits looks at the flag several times per second.
void set_handler(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

sigset_t request_set() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, StopSignals::request_signal());
  return set;
}

}  // namespace

StopSignals::StopSignals(const std::string& last_words, int code) {
  stop_requested = false;
  last_acts().for_all = last_words;
  end_code = code;
  for (const int signal : kFromOutside) {
    if (!is_ignored(signal)) set_handler(signal, request_stop);
  }
  set_handler(request_signal(), request_stop);
  const sigset_t held = request_set();
  pthread_sigmask(SIG_UNBLOCK, &held, nullptr);
}

StopSignals::~StopSignals() {
  for (const int signal : kFromOutside) {
    if (!is_ignored(signal)) set_handler(signal, SIG_DFL);
  }
  set_handler(request_signal(), SIG_DFL);
}

bool StopSignals::requested() { return stop_requested; }

int StopSignals::request_signal() { return SIGUSR1; }

EndsAtOnce::EndsAtOnce(const std::string& last_words, const std::string& file) {
  last_acts().words = last_words;
  last_acts().file = file;
  ends_at_once = true;
  if (StopSignals::requested()) end_now();
}

EndsAtOnce::~EndsAtOnce() { ends_at_once = false; }

HeldRequests::HeldRequests() {
  const sigset_t set = request_set();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

HeldRequests::~HeldRequests() {
  const sigset_t set = request_set();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace rankwise
