#include "framework/run/estimate.h"

#include "framework/run/worker_process.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <functional>
#include <map>
#include <numeric>

namespace rankwise {

namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

// Of a run's own members, and of its `train`: what changes results and no cost.
constexpr std::array kFreeMembers{"label", "group", "seed", "adapter_seed"};
constexpr std::array kFreeOfTraining{"learning_rate", "head_learning_rate", "schedule", "warmup",
                                     "warmup_steps",  "weight_decay",       "beta1",    "beta2",
                                     "epsilon"};

std::string cost_key(const RunConfig& config) {
  json run = config.to_json();
  for (const char* member : kFreeMembers) run.erase(member);
  for (const char* option : kFreeOfTraining) run["train"].erase(option);
  return run.dump();
}

WorkerEnd wait_for(WorkerProcess& worker) {
  constexpr int kMilliseconds = 20;
  for (;;) {
    pollfd waiting{worker.descriptors().front(), POLLIN, 0};
    poll(&waiting, 1, kMilliseconds);
    worker.read();
    if (auto end = worker.end()) return *end;
  }
}

}  // namespace

std::vector<CostGroup> cost_groups(const std::vector<PlannedRun>& runs) {
  std::vector<CostGroup> groups;
  std::map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto [found, is_new] = known.emplace(cost_key(runs[i].job.config), groups.size());
    if (is_new) groups.push_back({{}, i});
    CostGroup& group = groups[found->second];
    group.runs.push_back(i);
    if (runs[i].plan.largest_rows > runs[group.calibrated].plan.largest_rows) group.calibrated = i;
  }
  return groups;
}

CalibrationEnd calibrate_apart(const RunJob& job, double seconds, const std::string& program,
                               const std::vector<std::string>& plugins) {
  std::signal(SIGCHLD, SIG_DFL);  // where our parent ignored it, exit statuses would be lost
  json order = job.to_json();
  order["plugins"] = plugins;
  order["calibrate"] = seconds;
  const Clock::time_point begin = Clock::now();
  WorkerProcess worker(program, order.dump());
  const WorkerEnd end = wait_for(worker);
  const std::chrono::duration<double> passed = Clock::now() - begin;
  const json answer = json::parse(end.answer, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) return {.error = silence_of(end)};
  if (answer.contains("error")) return {.error = answer["error"]};
  CalibrationEnd found{.calibration = Calibration::from_json(answer.at("calibration"))};
  found.start_seconds = std::max(0.0, passed.count() - found.calibration.seconds);
  return found;
}

RunTime run_time(const RunPlan& plan, const Calibration& calibration) {
  const double least = calibration.setup_seconds + seconds_of(plan.training, calibration.training) +
                       seconds_of(plan.evaluation, calibration.evaluation) +
                       seconds_of(plan.writing, calibration.writing);
  return {least, least + seconds_of(plan.second_evaluation, calibration.evaluation) +
                     seconds_of(plan.second_writing, calibration.writing)};
}

double time_of_all(const std::vector<double>& seconds, std::int64_t jobs) {
  std::vector<double> busy_until(static_cast<std::size_t>(std::max<std::int64_t>(1, jobs)), 0);
  for (const double run : seconds) *std::min_element(busy_until.begin(), busy_until.end()) += run;
  return *std::max_element(busy_until.begin(), busy_until.end());
}

double most_at_a_time(std::vector<double> sizes, std::int64_t jobs) {
  std::sort(sizes.begin(), sizes.end(), std::greater<>());
  const auto count = std::min(sizes.size(), static_cast<std::size_t>(jobs));
  return std::accumulate(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(count), 0.0);
}

std::string time_text(double seconds) {
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  if (seconds < 99.5) return fmt::format("{:.0f} s", seconds);
  if (seconds < 99.5 * 60) return fmt::format("{:.1f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace rankwise
