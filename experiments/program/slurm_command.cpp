#include "experiments/program/slurm_command.h"

#include "experiments/program/commands.h"
#include "experiments/program/ranges.h"
#include "experiments/program/slurm_queue.h"
#include "experiments/program/this_program.h"
#include "framework/cluster/slurm_script.h"
#include "framework/cluster/submission.h"
#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/say.h"
#include "framework/io/lease_watch.h"
#include "framework/record/checkpoint_facts.h"
#include "framework/run/plugin.h"
#include "framework/run/stop_signals.h"
#include "framework/train/checkpoint.h"

#include <filesystem>
#include <limits>
#include <thread>

namespace rankwise {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kUsualFile = "cluster.json";

fs::path study_folder(const RunJob& job) { return run_file(job).parent_path(); }

std::vector<ArrayTask> tasks_of(const std::vector<RunJob>& jobs,
                                const std::vector<std::string>& plugins) {
  std::vector<ArrayTask> tasks;
  for (const RunJob& job : jobs) {
    json order = job.to_json();
    order["plugins"] = plugins;
    tasks.push_back({order.dump(), run_file(job).filename()});
  }
  return tasks;
}

// Two tasks of one run would do no harm, but take a place each.
void leave_out_queued(std::vector<RunJob>& jobs) {
  const auto queued = queued_tasks(submissions(study_folder(jobs.front())));
  const auto count = std::erase_if(
      jobs, [&](const RunJob& job) { return queued.contains(run_file(job).filename().string()); });
  if (count > 0) say("{} of the runs are in Slurm's queue already\n", count);
}

int submit(const std::vector<RunJob>& jobs, const std::vector<std::string>& plugins,
           SlurmArray array) {
  array.folder = fs::absolute(make_submission_folder(study_folder(jobs.front())));
  const std::vector<ArrayTask> tasks = tasks_of(jobs, plugins);
  write_submission(array.folder, tasks, slurm_script(array));
  const std::string job = submit_script(script_path(array.folder));
  note_job(array.folder, tasks, job);
  fmt::print("{} runs queued as job {}; rankwise status {}\n", jobs.size(), job,
             study_folder(jobs.front()).string());
  return 0;
}

// Whether the run can be tried again: another process holds it, and may have died with its machine.
bool wait_for_stale(const RunJob& job) {
  const fs::path lock = lock_path(run_file(job));
  say("is held by {}; looking whether it is alive\n", LeaseWatch::holder(lock));
  LeaseWatch watch;
  while (!StopSignals::requested()) {
    const LeaseWatch::Finding found = watch.look(lock);
    if (found == LeaseWatch::Finding::kFree) return true;
    if (found == LeaseWatch::Finding::kAlive) break;
    std::this_thread::sleep_for(LeaseWatch::kPause);
  }
  return false;
}

// The step that the run would go on from; 0: from scratch.
std::int64_t saved_step(const RunJob& job) {
  try {
    return checkpoint_facts(safetensors::Reader(checkpoint_path(run_file(job)))).step;
  } catch (const Error&) {  // there is none, or none of use
    return 0;
  }
}

// `before`: the saved step when the task began.
int exit_code(RunOutcome outcome, const RunJob& job, std::int64_t before) {
  if (outcome == RunOutcome::kBusy) {
    say("it is alive, and the run is left to it\n");
    return StopSignals::requested() ? kNotDone : 0;
  }
  if (outcome != RunOutcome::kStopped) return 0;
  // Queued again, it would start from scratch and be stopped again, for ever.
  check(job.config.record.checkpoints,
        "{} seed {}: was stopped, and has no checkpoint to go on from; set record.checkpoints, or "
        "ask for more time",
        job.config.label, job.config.seed);
  check(saved_step(job) > before,
        "{} seed {}: stopped before it came further than step {}, and is not queued again; ask for "
        "more time",
        job.config.label, job.config.seed, before);
  return kNotDone;
}

int carry_out(const std::string& orders, std::size_t task) {
  const StopSignals signals(
      "stopped before it could train, and is not queued again; ask for more time\n", 1);
  const json order = json::parse(read_order(orders, task));
  load_plugins(order.at("plugins").get<std::vector<std::string>>());
  const RunJob job = RunJob::from_json(order);
  const std::int64_t before = saved_step(job);
  RunOutcome outcome = execute(job, StopSignals::requested);
  while (outcome == RunOutcome::kBusy && wait_for_stale(job)) {
    outcome = execute(job, StopSignals::requested);
  }
  say("{} seed {}: {}\n", job.config.label, job.config.seed, to_string(outcome));
  return exit_code(outcome, job, before);
}

}  // namespace

void add_slurm_options(CLI::App& command, SlurmArguments& arguments) {
  const char* group = "Slurm";
  CLI::Option* submit =
      command
          .add_flag("--slurm", arguments.submit,
                    "Queue the runs as one array of Slurm's, a task each; --jobs at a time")
          ->group(group);
  command.add_flag("--slurm-dry-run", arguments.dry_run, "Print the array's script, queue nothing")
      ->group(group)
      ->excludes(submit);
  command
      .add_option("--cluster", arguments.file,
                  "What a run asks for, as JSON (default: ./cluster.json, where there is one; "
                  "rankwise describe cluster)")
      ->type_name("FILE")
      ->group(group);
  command.add_option("--partition", arguments.partition, "Where the runs are queued")->group(group);
  command.add_option("--gpus", arguments.gpus, "GPUs a run")
      ->check(whole_number(0, std::numeric_limits<std::int32_t>::max()))
      ->group(group);
  command.add_option("--memory", arguments.memory, "A run's, as in 8G")->group(group);
  command.add_option("--time", arguments.time, "Most of one allocation, as in 2:00:00")
      ->group(group);
}

ClusterOptions cluster_options(const SlurmArguments& arguments) {
  const bool usual = arguments.file.empty() && fs::exists(kUsualFile);
  ClusterOptions options = usual                    ? read_cluster_file(kUsualFile)
                           : arguments.file.empty() ? ClusterOptions{}
                                                    : read_cluster_file(arguments.file);
  if (!arguments.partition.empty()) options.partition = arguments.partition;
  if (!arguments.memory.empty()) options.memory = arguments.memory;
  if (!arguments.time.empty()) options.time = arguments.time;
  if (arguments.gpus) options.gpus = arguments.gpus;
  check_cluster(options, "--");
  return options;
}

int submit_runs(std::vector<RunJob> jobs, const std::vector<std::string>& plugins,
                const ClusterOptions& cluster, bool dry_run) {
  if (!jobs.empty()) leave_out_queued(jobs);
  if (jobs.empty()) {
    fmt::print("nothing to queue\n");
    return 0;
  }
  SlurmArray array{.study = jobs.front().study,
                   .tasks = jobs.size(),
                   .cluster = cluster,
                   .folder = {},
                   .program = this_program(),
                   .here = fs::current_path()};
  if (!dry_run) return submit(jobs, plugins, std::move(array));
  array.folder = fs::absolute(study_folder(jobs.front())) / "slurm" / "TIME";
  fmt::print("{}", slurm_script(array));
  return 0;
}

void add_task_command(CLI::App& program) {
  auto orders = std::make_shared<std::string>();
  auto task = std::make_shared<std::size_t>(0);
  CLI::App* command = program.add_subcommand("task")->group("");
  command->add_option("orders", *orders)->required();
  command->add_option("task", *task)->required();
  command->callback([=] { throw CLI::RuntimeError(carry_out(*orders, *task)); });
}

}  // namespace rankwise
