#include "framework/train/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <map>

namespace rankwise {

namespace {

std::string duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  return whole < 60 ? fmt::format("{} s", whole)
                    : fmt::format("{}:{:02} min", whole / 60, whole % 60);
}

}  // namespace

Progress::Progress(std::string name, std::int64_t steps)
    : name_(std::move(name)), steps_(steps), terminal_(isatty(STDERR_FILENO) == 1) {}

void Progress::on_step(const StepRecord& record) {
  if (first_step_ < 0) first_step_ = record.step - 1;
  tokens_ += record.tokens;
  training_seconds_ += record.seconds;
  // A terminal's line is renewed; a log gets one line in ten seconds.
  const auto pause = terminal_ ? std::chrono::milliseconds(200) : std::chrono::seconds(10);
  const auto now = Clock::now();
  if (now - printed_ < pause && record.step < steps_) return;
  printed_ = now;
  print(record);
}

void Progress::print(const StepRecord& record) {
  const std::chrono::duration<double> elapsed = Clock::now() - begin_;
  const auto done = static_cast<double>(record.step - first_step_);
  const double left = elapsed.count() / done * static_cast<double>(steps_ - record.step);
  fmt::print(stderr, "{}{}  step {}/{}  loss {:.4f}  {:.0f} tokens/s  {} left{}", terminal_ ? "\r" : "",
             name_, record.step, steps_, record.loss,
             static_cast<double>(tokens_) / training_seconds_, duration(left),
             terminal_ ? "\x1b[K" : "\n");
  std::fflush(stderr);
}

void Progress::on_evaluation(const EvaluationRecord& record) {
  std::string scores;
  for (const auto& [task, metrics] : record.scores) {
    for (const auto& [metric, score] : metrics) {
      scores += fmt::format("  {} {} {:.3f}", task, metric, score);
    }
  }
  fmt::print(stderr, "{}{}  dev at step {}:{}\n", terminal_ ? "\r\x1b[K" : "", name_, record.step,
             scores);
}

}  // namespace rankwise
