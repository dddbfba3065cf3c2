#include "framework/run/study_status.h"

#include "framework/core/say.h"
#include "framework/core/terminal.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace rankwise {

namespace {

double seconds_between(StudyStatus::Time begin, StudyStatus::Time end) {
  return std::chrono::duration<double>(end - begin).count();
}

std::string cut_to(const std::string& line, std::size_t width) {
  return display_width(line) <= width ? line : wrapped(line, width).front();
}

}  // namespace

std::string left_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  const std::int64_t minutes = (whole + 30) / 60;
  return minutes < 60 ? fmt::format("{} min", minutes)
                      : fmt::format("{} h {:02}", minutes / 60, minutes % 60);
}

void StudyStatus::started(std::size_t run, const std::string& name, Time now) {
  running_[run] = {.name = name, .begin = now, .told_at = now};
}

void StudyStatus::told(std::size_t run, const RunProgress& progress, Time now) {
  running_.at(run).progress = progress;
  running_.at(run).told_at = now;
}

void StudyStatus::ended(std::size_t run, bool trained, Time now) {
  ++ended_;
  if (trained) {
    ++trained_;
    trained_seconds_ += seconds_between(running_.at(run).begin, now);
  }
  running_.erase(run);
}

std::optional<double> StudyStatus::left_of(const Running& run, Time now) {
  if (!run.progress.seconds_left) return std::nullopt;
  return std::max(0.0, *run.progress.seconds_left - seconds_between(run.told_at, now));
}

std::optional<double> StudyStatus::seconds_left(Time now) const {
  double known = trained_seconds_;  // of whole runs, as far as they can be told
  auto count = static_cast<double>(trained_);
  double left = 0, longest = 0;
  std::size_t untold = 0;
  for (const auto& [number, run] : running_) {
    const auto rest = left_of(run, now);
    if (!rest) {
      ++untold;
      continue;
    }
    known += seconds_between(run.begin, now) + *rest;
    ++count;
    left += *rest;
    longest = std::max(longest, *rest);
  }
  if (count == 0) return std::nullopt;
  // One that another process held is begun twice.
  const std::size_t begun = std::min(runs_, ended_ + running_.size());
  left += static_cast<double>(untold + runs_ - begun) * known / count;
  return std::max(longest, left / static_cast<double>(jobs_));
}

std::vector<std::string> StudyStatus::lines(std::size_t width, Time now) const {
  if (running_.empty()) return {};
  std::vector<std::string> numbers, lines(1);
  for (const auto& [number, run] : running_) {
    numbers.push_back(std::to_string(number + 1));
    const std::string text = run.progress.steps > 0 ? to_text(run.progress) : "starts";
    lines.push_back(cut_to(fmt::format("{}  {}", run.name, text), width));
  }
  const auto left = seconds_left(now);
  lines[0] = cut_to(
      fmt::format("{} {} of {}{}", numbers.size() > 1 ? "runs" : "run", fmt::join(numbers, ", "),
                  runs_, left ? fmt::format(", {} left", left_text(*left)) : ""),
      width);
  return lines;
}

void StatusLines::show(const std::vector<std::string>& lines) {
  clear();
  say("{}", fmt::join(lines, "\n"));
  shown_ = lines.size();
}

void StatusLines::clear() {
  if (shown_ == 0) return;
  std::string erase = "\r\x1b[K";
  for (; shown_ > 1; --shown_) erase += "\x1b[1A\x1b[K";
  shown_ = 0;
  say("{}", erase);
}

}  // namespace rankwise
