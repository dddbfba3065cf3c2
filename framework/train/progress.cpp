#include "framework/train/progress.h"

#include "framework/core/say.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <numeric>
#include <vector>

namespace rankwise {

namespace {

std::string duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  return whole < 60 ? fmt::format("{} s", whole)
                    : fmt::format("{}:{:02} min", whole / 60, whole % 60);
}

}  // namespace

const char* fresh_line() { return isatty(STDERR_FILENO) == 1 ? "\r\x1b[K" : ""; }

std::string to_text(const RunProgress& progress) {
  std::string text =
      fmt::format("step {}/{}  loss {:.4f}", progress.step, progress.steps, progress.loss);
  if (progress.tokens_per_second)
    text += fmt::format("  {:.0f} tokens/s", *progress.tokens_per_second);
  if (progress.seconds_left) text += fmt::format("  {} left", duration(*progress.seconds_left));
  return text;
}

Progress::Progress(std::string name, std::int64_t steps, ProgressReport report)
    : name_(std::move(name)),
      steps_(steps),
      report_(std::move(report)),
      terminal_(isatty(STDERR_FILENO) == 1) {}

void Progress::on_step(const StepRecord& record) {
  if (first_step_ < 0) first_step_ = record.step - 1;
  tokens_ += record.tokens;
  training_seconds_ += record.seconds;
  // A terminal's line is renewed; a log gets one line in ten seconds.
  const auto pause =
      terminal_ || report_ ? std::chrono::milliseconds(200) : std::chrono::seconds(10);
  const auto now = Clock::now();
  if (now - printed_ < pause && record.step < steps_) return;
  printed_ = now;
  tell(record);
}

// Nothing before there is enough to measure: the first steps, also those after a resume, are slow.
void Progress::add_speed(RunProgress& progress) const {
  constexpr double kEnough = 1;  // seconds
  if (training_seconds_ < kEnough) return;
  const std::chrono::duration<double> elapsed = Clock::now() - begin_;
  const auto done = static_cast<double>(progress.step - first_step_);
  progress.tokens_per_second = static_cast<double>(tokens_) / training_seconds_;
  progress.seconds_left = elapsed.count() / done * static_cast<double>(steps_ - progress.step);
}

void Progress::tell(const StepRecord& record) const {
  RunProgress progress{.step = record.step, .steps = steps_, .loss = record.loss};
  add_speed(progress);
  if (report_) return report_(progress);
  say("{}{}  {}{}", terminal_ ? "\r" : "", name_, to_text(progress), terminal_ ? "\x1b[K" : "\n");
}

void Progress::ended_early(std::int64_t step, const std::string& reason) const {
  say("{}{}  ends early at step {} of {}: {}\n", fresh_line(), name_, step, steps_, reason);
}

void Progress::on_evaluation(const EvaluationRecord& record) {
  std::map<std::string, std::vector<double>> by_metric;
  for (const auto& [task, metrics] : record.scores) {
    for (const auto& [metric, score] : metrics) by_metric[metric].push_back(score);
  }
  std::string text;
  for (const auto& [metric, scores] : by_metric) {
    const double sum = std::accumulate(scores.begin(), scores.end(), 0.0);
    text += fmt::format("  {} {:.3f} ({} tasks)", metric, sum / static_cast<double>(scores.size()),
                        scores.size());
  }
  say("{}{}  dev at step {}:{}\n", fresh_line(), name_, record.step, text);
  if (first_step_ < 0) begin_ = Clock::now();  // an evaluation before any step says nothing of them
}

}  // namespace rankwise
