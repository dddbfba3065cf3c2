/// How far a run is: a line on standard error, or what another process shows of it.
#pragma once

#include "framework/train/observer.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace rankwise {

/// What a message on standard error starts with, so that it does not end a terminal's line of
/// progress.
const char* fresh_line();

/// Where a run stands.
struct RunProgress {
  std::int64_t step = 0, steps = 0;
  double loss = 0;
  std::optional<double> tokens_per_second, seconds_left;  // nothing in the first second of training
};

/// "step 40/150  loss 0.6931  5120 tokens/s  1:05 min left"
std::string to_text(const RunProgress& progress);

/// Called from time to time, and at the last step.
using ProgressReport = std::function<void(const RunProgress&)>;

class Progress : public Observer {
 public:
  /// Without a report: a line on standard error, which is renewed on a terminal.
  Progress(std::string name, std::int64_t steps, ProgressReport report = {});
  void on_step(const StepRecord& record) override;
  void on_evaluation(const EvaluationRecord& record) override;
  void ended_early(std::int64_t step, const std::string& reason) const;

 private:
  void tell(const StepRecord& record) const;
  void add_speed(RunProgress& progress) const;

  using Clock = std::chrono::steady_clock;
  std::string name_;
  std::int64_t steps_;
  ProgressReport report_;
  bool terminal_;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point printed_;
  std::int64_t first_step_ = -1;
  std::int64_t tokens_ = 0;
  double training_seconds_ = 0;
};

}  // namespace rankwise
