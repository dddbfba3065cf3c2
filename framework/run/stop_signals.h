/// SIGTERM and Ctrl-C as a request to stop: at the first one a run finishes its step and saves
/// itself; a second one ends the process at once, as it does without this.
#pragma once

#include <string>

namespace rankwise {

/// The exit code of what was stopped and can be resumed: EX_TEMPFAIL of sysexits.h, "try later".
inline constexpr int kNotDone = 75;

/// Catches the signals while it lives; one at a time in a process. A signal that the process was
/// started to ignore stays ignored.
class StopSignals {
 public:
  /// Where there is nothing to save (EndsAtOnce), a request ends the process with this code, and
  /// these words go to standard error.
  explicit StopSignals(const std::string& last_words = "", int code = kNotDone);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// True after the first signal.
  static bool requested();

  /// What a parent sends to its worker: a request that may come beside the terminal's own signal
  /// without counting as the second one.
  static int request_signal();
};

/// While it lives, a request waits. A child that is forked and execs meanwhile inherits the wait,
/// until it has StopSignals of its own.
class HeldRequests {
 public:
  HeldRequests();
  ~HeldRequests();
  HeldRequests(const HeldRequests&) = delete;
  HeldRequests& operator=(const HeldRequests&) = delete;
};

/// While it lives there is nothing to save: a request, also one that came before, ends the process
/// at once, as StopSignals was told. One at a time in a process.
class EndsAtOnce {
 public:
  /// At the end `last_words` go to standard error, and `file` is removed; both may be empty.
  explicit EndsAtOnce(const std::string& last_words, const std::string& file = "");
  ~EndsAtOnce();
  EndsAtOnce(const EndsAtOnce&) = delete;
  EndsAtOnce& operator=(const EndsAtOnce&) = delete;
};

}  // namespace rankwise
