/// What a terminal shows of a study while it runs: "run 7 of 30, 1 h 40 left", and a line for each
/// running run.
#pragma once

#include "framework/train/progress.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rankwise {

class StudyStatus {
 public:
  using Time = std::chrono::steady_clock::time_point;

  StudyStatus(std::size_t runs, std::int64_t jobs) : runs_(runs), jobs_(jobs) {}

  /// `run` counts from zero, in the order of the study.
  void started(std::size_t run, const std::string& name, Time now);
  void told(std::size_t run, const RunProgress& progress, Time now);
  /// `trained`: it took a run's time; one that was finished before says nothing of others.
  void ended(std::size_t run, bool trained, Time now);

  /// A run that is not started, for it was finished before.
  void passed_over() { ++ended_; }

  /// Until all are done: what running ones say, and the mean of those for the others. Nothing
  /// before a run has told how long it takes.
  std::optional<double> seconds_left(Time now) const;

  /// None where no run is running; cut to `width` characters.
  std::vector<std::string> lines(std::size_t width, Time now) const;

 private:
  struct Running {
    std::string name;
    Time begin{};
    Time told_at{};
    RunProgress progress = {};
  };

  static std::optional<double> left_of(const Running& run, Time now);

  std::size_t runs_;
  std::int64_t jobs_;
  std::map<std::size_t, Running> running_{};  // by run
  std::size_t ended_ = 0;
  std::size_t trained_ = 0;
  double trained_seconds_ = 0;
};

/// "40 s", "12 min", "1 h 40"
std::string left_text(double seconds);

/// Lines at a terminal's end that are written anew; what else is printed comes above them.
class StatusLines {
 public:
  /// Nothing where there are none.
  void show(const std::vector<std::string>& lines);
  void clear();

 private:
  std::size_t shown_ = 0;
};

}  // namespace rankwise
