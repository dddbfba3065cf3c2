#include "experiments/program/dry_run.h"

#include "analysis/output/table.h"
#include "framework/core/say.h"
#include "framework/core/terminal.h"
#include "framework/run/estimate.h"
#include "framework/run/memory.h"
#include "framework/run/run_setup.h"
#include "framework/train/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace rankwise {

namespace {

// A distinct run takes about half a minute at most, whatever the length of the study's.
constexpr double kSecondsOfCalibration = 20;

constexpr double kMiB = 1024.0 * 1024.0;

std::string name_of(const RunJob& job) {
  return fmt::format("{} seed {}", job.config.label, job.config.seed);
}

// A line a run; on a terminal a table that fits it, in the end.
class PlanPrinter {
 public:
  PlanPrinter() : on_terminal_(is_terminal(STDOUT_FILENO)) {
    table_.header = {"run",         "state", "steps", "trainable", "train tokens",
                     "eval tokens", "TFLOP", "MiB",   "file"};
    if (on_terminal_) return;
    fmt::print("{:8}  {:34} {:>9} {:>12} {:>12} {:>12} {:>10} {:>9}  {}\n", "", "run", "steps",
               "trainable", "train tokens", "eval tokens", "TFLOP", "disk MiB", "file");
  }

  void add(const RunJob& job, const std::string& state, const RunPlan& plan) {
    if (!on_terminal_) {
      fmt::print("{:8}  {:34} {:>9} {:>12} {:>12} {:>12} {:>10.2f} {:>9.1f}  {}\n", state,
                 name_of(job), plan.steps, plan.trainable, plan.training_tokens,
                 plan.evaluation_tokens, plan.flops / 1e12, plan.disk_mib, run_file(job).string());
      return;
    }
    std::vector<analysis::Cell> row;
    for (const std::string& text :
         {name_of(job), state, std::to_string(plan.steps), std::to_string(plan.trainable),
          std::to_string(plan.training_tokens), std::to_string(plan.evaluation_tokens),
          fmt::format("{:.2f}", plan.flops / 1e12), fmt::format("{:.1f}", plan.disk_mib),
          run_file(job).filename().string()}) {
      row.push_back({text, {}});
    }
    table_.rows.push_back(std::move(row));
  }

  void end() const {
    if (on_terminal_) {
      fmt::print("{}", analysis::to_terminal(table_, {.width = terminal_width(STDOUT_FILENO),
                                                      .colour = shows_colours(STDOUT_FILENO)}));
    }
    std::fflush(stdout);  // what follows takes its time
  }

 private:
  bool on_terminal_;
  analysis::Table table_;
};

// Returns those that are to run.
std::vector<PlannedRun> print_plan(const std::vector<RunJob>& jobs, const DryRun& dry_run) {
  std::vector<PlannedRun> to_run;
  PlanPrinter printer;
  Planner planner;
  for (const RunJob& job : jobs) {
    const RunPlan cost = planner.plan(job);
    const std::string state = dry_run.state(job);
    printer.add(job, state, cost);
    if (state == "to run") to_run.push_back({job, cost});
  }
  printer.end();
  return to_run;
}

// What the runs will take together, in the order in which they start.
struct StudyCost {
  std::vector<double> seconds, most_seconds, host_mib, device_mib;  // one entry a run
  std::size_t failed = 0;                                           // runs that are not told
  bool may_end_early = false;
  bool writes_texts = false;
};

void add_group(const std::vector<PlannedRun>& runs, const CostGroup& group,
               const CalibrationEnd& end, StudyCost& cost) {
  const Calibration& found = end.calibration;
  if (!end.error.empty()) {
    cost.failed += group.runs.size();
    return;
  }
  for (const std::size_t run : group.runs) {
    const RunTime time = run_time(runs[run].plan, found);
    cost.seconds[run] = end.start_seconds + time.least;
    cost.most_seconds[run] = end.start_seconds + time.most;
    cost.host_mib[run] = found.host_mib;
    cost.device_mib[run] = found.device ? found.device->reserved : 0;
    const TrainOptions& train = runs[run].job.config.train;
    cost.writes_texts = cost.writes_texts || runs[run].plan.writing != Amounts{};
    cost.may_end_early = cost.may_end_early || train.early_stopping.patience.has_value();
  }
}

void print_group(const std::vector<PlannedRun>& runs, const CostGroup& group,
                 const CalibrationEnd& end) {
  const PlannedRun& first = runs[group.runs.front()];
  if (!end.error.empty()) {
    fmt::print("{:34} {:>5}  failed: {}\n", name_of(first.job), group.runs.size(), end.error);
    return;
  }
  const Calibration& found = end.calibration;
  const RunTime time = run_time(first.plan, found);
  fmt::print("{:34} {:>5} {:>12} {:>12} {:>10} {:>10}\n", name_of(first.job), group.runs.size(),
             size_text(found.host_mib * kMiB),
             found.device ? size_text(found.device->reserved * kMiB) : "-", time_text(time.least),
             time_text(time.most));
}

// "total: 24 of 30 runs, 3600 steps, 1.20 TFLOP, 120.0 MiB of disk"
std::string work_text(const std::vector<PlannedRun>& runs, std::size_t all) {
  std::int64_t steps = 0;
  double flops = 0, disk_mib = 0;
  for (const PlannedRun& run : runs) {
    steps += run.plan.steps;
    flops += run.plan.flops;
    disk_mib += run.plan.disk_mib;
  }
  return fmt::format("total: {} of {} runs to run, {} steps, {:.2f} TFLOP, {} of disk", runs.size(),
                     all, steps, flops / 1e12, size_text(disk_mib * kMiB));
}

// "2.3 GiB of 23.4 GiB", or what to do where it is more than that.
std::string share_text(const std::vector<double>& mib, std::int64_t jobs, double available_mib) {
  const double most = most_at_a_time(mib, jobs);
  const char* advice =
      jobs > 1 ? "fewer --jobs" : "a smaller train.micro_batch, or train.gradient_checkpointing";
  return fmt::format(
      "{} of {}{}", size_text(most * kMiB), size_text(available_mib * kMiB),
      most > available_mib ? fmt::format(", which is too much: try {}", advice) : "");
}

// Behind the total of the work: the time, and the most memory at a time.
std::string cost_text(const StudyCost& cost, std::int64_t jobs) {
  std::string text = fmt::format(", {} to {} with --jobs {}, {} of memory",
                                 time_text(time_of_all(cost.seconds, jobs)),
                                 time_text(time_of_all(cost.most_seconds, jobs)), jobs,
                                 size_text(most_at_a_time(cost.host_mib, jobs) * kMiB));
  const double device_mib = most_at_a_time(cost.device_mib, jobs);
  if (device_mib > 0) text += fmt::format(", {} of the device's", size_text(device_mib * kMiB));
  return text;
}

void print_study(const StudyCost& cost, const DryRun& dry_run, const torch::Device& device) {
  const std::int64_t jobs = dry_run.jobs;
  fmt::print("\nwith --jobs {} {}, up to {} where the best parameters are not the last{}\n", jobs,
             time_text(time_of_all(cost.seconds, jobs)),
             time_text(time_of_all(cost.most_seconds, jobs)),
             cost.may_end_early ? "; less where early stopping ends a run" : "");
  if (cost.writes_texts) {
    fmt::print(
        "generated texts are counted as long as the wanted ones: a model that does not end "
        "takes longer, up to train.generation.max_tokens a text\n");
  }
  if (cost.failed > 0)
    fmt::print("runs left out, as they could not be calibrated: {}\n", cost.failed);
  fmt::print("host memory at a time: up to {}\n",
             share_text(cost.host_mib, jobs, machine_memory() / kMiB));
  if (const auto total = device_memory(device)) {
    fmt::print("device memory at a time: up to {}\n", share_text(cost.device_mib, jobs, *total));
  }
}

// On a terminal one line that is renewed.
void say_calibrating(std::size_t number, std::size_t count, const RunJob& job) {
  const std::string start = fresh_line();
  say("{}calibrating {} of {}: {}{}", start, number, count, name_of(job),
      start.empty() ? "\n" : "");
}

StudyCost print_estimate(const std::vector<PlannedRun>& runs, const DryRun& dry_run) {
  const std::vector<CostGroup> groups = cost_groups(runs);
  fmt::print("\n{:34} {:>5} {:>12} {:>12} {:>10} {:>10}\n",
             fmt::format("{} of {} runs calibrated", groups.size(), runs.size()), "runs",
             "host peak", "device peak", "time", "at most");
  const std::vector<double> zeros(runs.size(), 0);
  StudyCost cost{zeros, zeros, zeros, zeros};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const RunJob& job = runs[groups[i].calibrated].job;
    say_calibrating(i + 1, groups.size(), job);
    const CalibrationEnd end =
        calibrate_apart(job, kSecondsOfCalibration, dry_run.program, dry_run.plugins);
    say("{}", fresh_line());
    print_group(runs, groups[i], end);
    std::fflush(stdout);
    add_group(runs, groups[i], end, cost);
  }
  print_study(cost, dry_run, parse_device(runs.front().job.device));
  return cost;
}

}  // namespace

int print_dry_run(const std::vector<RunJob>& jobs, const DryRun& dry_run) {
  const std::vector<PlannedRun> to_run = print_plan(jobs, dry_run);
  const bool calibrate = dry_run.calibrate && !to_run.empty();
  const StudyCost cost = calibrate ? print_estimate(to_run, dry_run) : StudyCost{};
  fmt::print("\n{}{}\n", work_text(to_run, jobs.size()),
             calibrate ? cost_text(cost, dry_run.jobs) : "");
  return cost.failed > 0 ? 1 : 0;
}

}  // namespace rankwise
