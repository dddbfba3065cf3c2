/// One line of progress on standard error: step, loss, and after a second of training tokens per
/// second and the time left.
#pragma once

#include "framework/train/observer.h"

#include <chrono>
#include <cstdint>
#include <string>

namespace rankwise {

/// What a message on standard error starts with, so that it does not end a terminal's line of
/// progress.
const char* fresh_line();

class Progress : public Observer {
 public:
  Progress(std::string name, std::int64_t steps);
  void on_step(const StepRecord& record) override;
  void on_evaluation(const EvaluationRecord& record) override;
  void ended_early(std::int64_t step, const std::string& reason) const;

 private:
  void print(const StepRecord& record);
  std::string speed(const StepRecord& record) const;

  using Clock = std::chrono::steady_clock;
  std::string name_;
  std::int64_t steps_;
  bool terminal_;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point printed_;
  std::int64_t first_step_ = -1;
  std::int64_t tokens_ = 0;
  double training_seconds_ = 0;
};

}  // namespace rankwise
