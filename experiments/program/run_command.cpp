#include "experiments/program/commands.h"
#include "experiments/program/dry_run.h"
#include "experiments/program/names.h"
#include "experiments/program/ranges.h"
#include "experiments/program/run_checks.h"
#include "experiments/program/slurm_command.h"
#include "experiments/program/this_program.h"
#include "framework/core/foreign.h"
#include "framework/core/say.h"
#include "framework/core/slug.h"
#include "framework/io/lease.h"
#include "framework/model/weights_place.h"
#include "framework/ops/device_kernels.h"
#include "framework/record/run_reader.h"
#include "framework/record/summary_reader.h"
#include "framework/run/plugin.h"
#include "framework/run/reuse.h"
#include "framework/run/run_setup.h"
#include "framework/run/stop_signals.h"
#include "framework/run/study.h"
#include "framework/run/together.h"
#include "framework/run/workers.h"
#include "framework/study/study_plan.h"
#include "framework/train/launch.h"
#include "framework/train/shared_evaluation.h"

#include <cstdlib>
#include <limits>
#include <optional>
#include <set>
#include <sstream>
#include <thread>

namespace rankwise {

namespace {

struct RunArguments {
  std::string file;
  StudyOverrides overrides;
  Paths paths;
  std::string backbone;
  std::vector<std::string> plugins;
  std::string device = "cpu";
  std::int64_t jobs = 1;
  bool jobs_given = false;
  std::int64_t processes_here = 1;  // that train a run together, on this machine
  std::int64_t threads = 0;
  bool dry_run = false;
  bool no_calibration = false;
  bool again = false;
  bool want_files = false;
  bool no_wait = false;
  SlurmArguments slurm;
  std::vector<std::filesystem::path> reuse;  // folders of other studies' run files
};

std::int64_t threads_per_run(const RunArguments& arguments) {
  if (arguments.threads > 0) return arguments.threads;
  const auto cores = static_cast<std::int64_t>(std::thread::hardware_concurrency());
  return std::max<std::int64_t>(1, cores / (arguments.jobs * arguments.processes_here));
}

// Ids of the runs that the study's summary holds: they are finished, though their files are gone.
// None where the files are wanted.
std::set<std::string> summarised_ids(const Study& study, const RunArguments& arguments) {
  const auto summary = arguments.paths.results / slug(study.file.name) / kSummaryFolder;
  std::set<std::string> ids;
  if (arguments.want_files || !std::filesystem::exists(summary)) return ids;
  for (const auto& run : summary_runs(summary)) {
    ids.insert(RunFile(run).attributes().value("config_hash", ""));
  }
  return ids;
}

void reuse_runs(const std::vector<RunJob>& jobs, const RunArguments& arguments) {
  std::int64_t taken = 0;
  for (const RunJob& job : jobs) {
    if (StopSignals::requested()) break;
    if (std::filesystem::exists(run_file(job))) continue;
    const auto run = find_reusable(job, arguments.reuse);
    if (run && reuse(job, *run)) ++taken;
  }
  fmt::print("{} taken from other studies\n", taken);
}

const char* state_of(const RunJob& job, const RunArguments& arguments,
                     const std::set<std::string>& summarised) {
  if (arguments.again) return "to run";
  if (std::filesystem::exists(run_file(job))) return "finished";
  if (summarised.contains(job.identity.config_hash)) return "summary";
  return find_reusable(job, arguments.reuse) ? "to reuse" : "to run";
}

// A run that is still busy elsewhere was left before it was waited for.
bool is_done(RunOutcome outcome) {
  return outcome == RunOutcome::kFinished || outcome == RunOutcome::kSkipped;
}

struct Outcomes {
  std::int64_t finished = 0, skipped = 0, failed = 0, not_done = 0, elsewhere = 0;
};

Outcomes count(const std::vector<WorkerResult>& results) {
  Outcomes counts;
  auto& [finished, skipped, failed, not_done, elsewhere] = counts;
  for (const WorkerResult& result : results) {
    if (!result.error.empty()) {
      ++failed;
    } else if (result.outcome == RunOutcome::kBusy && !StopSignals::requested()) {
      ++elsewhere;
    } else if (!is_done(result.outcome)) {
      ++not_done;
    } else {
      ++(result.outcome == RunOutcome::kSkipped ? skipped : finished);
    }
  }
  return counts;
}

int exit_code(const std::vector<WorkerResult>& results) {
  const Outcomes counts = count(results);
  return counts.not_done + counts.elsewhere > 0 ? kNotDone : counts.failed == 0 ? 0 : 1;
}

int summarise(const std::vector<WorkerResult>& results) {
  const auto [finished, skipped, failed, not_done, elsewhere] = count(results);
  fmt::print("{} finished, {} already there, {} failed{}{}\n", finished, skipped, failed,
             not_done == 0 ? "" : fmt::format(", {} not done", not_done),
             elsewhere == 0 ? "" : fmt::format(", {} left to other processes", elsewhere));
  for (const WorkerResult& result : results) {
    if (result.error.empty()) continue;
    say("failed: {} seed {}: {}\n", result.label, result.seed, result.error);
  }
  if (not_done > 0) say("stopped; the same command does the rest\n");
  return exit_code(results);
}

void say_summarised(std::int64_t runs) {
  if (runs == 0) return;
  fmt::print(
      "{} of the runs are in the study's summary; --want-files trains them for their files\n",
      runs);
}

// A study whose runs were found fit to start, or to be skipped.
struct PreparedStudy {
  std::vector<RunJob> jobs;
  std::vector<std::string> plugins;
  std::set<std::string> summarised;  // ids
};

// --backbone as one more --set, before those of the user.
StudyOverrides with_backbone(const RunArguments& arguments) {
  StudyOverrides overrides = arguments.overrides;
  if (arguments.backbone.empty()) return overrides;
  const auto backbone = backbone_with(arguments.paths.data / "models", arguments.backbone);
  overrides.set.insert(overrides.set.begin(), "backbone=" + backbone.dump());
  return overrides;
}

// A machine that queues runs for a GPU may have none itself.
std::string device_here(const RunArguments& arguments) {
  const bool known = arguments.device == "cpu" || arguments.device == "cuda";
  return arguments.slurm.wanted() && known ? "cpu" : arguments.device;
}

// Reads the study, its plug-ins and its data: what is wrong with them is told once, before any run
// starts.
PreparedStudy prepare(const RunArguments& arguments) {
  const EndsAtOnce nothing_to_save("stopped; nothing was begun\n");
  if (device_kernels_missing(parse_device(device_here(arguments)).type())) {
    say("own CUDA kernels: {}\n", device_kernels_text());
  }
  static_cast<void>(lease_seconds());
  StudyFile file = read_study_file(find_study_file(arguments.file), with_backbone(arguments));
  check_outputs(file);
  std::vector<std::string> plugins = file.plugins;
  plugins.insert(plugins.end(), arguments.plugins.begin(), arguments.plugins.end());
  load_plugins(plugins);
  const Study study = resolve_study(std::move(file));
  std::vector<RunJob> jobs =
      jobs_of(study, {arguments.paths, device_here(arguments), threads_per_run(arguments)});
  for (RunJob& job : jobs) job.again = arguments.again;
  const std::set<std::string> summarised = summarised_ids(study, arguments);
  check_runs(jobs, [&](const RunJob& job) {
    return device_here(arguments) == arguments.device &&
           state_of(job, arguments, summarised) == std::string("to run");
  });
  for (RunJob& job : jobs) job.device = arguments.device;
  return {std::move(jobs), plugins, summarised};
}

int dry_run(const RunArguments& arguments, const PreparedStudy& study) {
  const EndsAtOnce nothing_to_save("stopped; nothing was begun\n");
  return print_dry_run(study.jobs, {.jobs = arguments.jobs,
                                    .calibrate = !arguments.no_calibration,
                                    .program = this_program(),
                                    .plugins = study.plugins,
                                    .state = [&](const RunJob& job) {
                                      return state_of(job, arguments, study.summarised);
                                    }});
}

// For `rankwise status`. Where it can not be written the runs themselves say why.
void plan_runs(const std::vector<RunJob>& jobs, const StudyOverrides& overrides) {
  if (jobs.empty()) return;
  const std::filesystem::path folder = run_file(jobs.front()).parent_path();
  StudyPlan asked{jobs.front().study, {}};
  for (const RunJob& job : jobs) {
    asked.runs.push_back({job.config.label, job.config.seed, run_file(job).filename()});
  }
  const bool whole = overrides.only.empty() && overrides.seeds.empty();
  try {
    write_plan(folder, whole ? asked : updated_plan(read_plan(folder), asked));
  } catch (const Error&) {
  }
}

// With a core for each thread, and as many at a time as --jobs says where it was given.
int queue_runs(std::vector<RunJob> jobs, const PreparedStudy& study,
               const RunArguments& arguments) {
  ClusterOptions cluster = cluster_options(arguments.slurm);
  if (arguments.threads > 0) cluster.cpus = arguments.threads;
  if (arguments.jobs_given) cluster.at_a_time = arguments.jobs;
  for (RunJob& job : jobs) job.threads = cluster.cpus;
  std::erase_if(jobs, [](const RunJob& job) { return is_finished(job); });
  return submit_runs(std::move(jobs), study.plugins, cluster, arguments.slurm.dry_run);
}

// Leaves out runs that the study's summary has; how many.
std::int64_t leave_out_summarised(PreparedStudy& study, const RunArguments& arguments) {
  if (arguments.again) return 0;
  return static_cast<std::int64_t>(std::erase_if(study.jobs, [&](const RunJob& job) {
    return study.summarised.contains(job.identity.config_hash);
  }));
}

std::optional<std::string> variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  return parts;
}

// Before CUDA is first used: each process of a machine has a device of its own.
void take_device(const Launch& launch) {
  if (launch.local_size == 1) return;
  const auto devices = parts_of(variable("CUDA_VISIBLE_DEVICES").value_or(""));
  const auto own = static_cast<std::size_t>(launch.local_rank);
  check(devices.empty() || own < devices.size(),
        "{} processes on this machine, and CUDA_VISIBLE_DEVICES names {} devices",
        launch.local_size, devices.size());
  const std::string device = devices.empty() ? std::to_string(own) : devices[own];
  ::setenv("CUDA_VISIBLE_DEVICES", device.c_str(), 1);
}

void check_together(const RunArguments& arguments) {
  check(arguments.jobs == 1 && !arguments.slurm.wanted() && !arguments.dry_run &&
            arguments.reuse.empty(),
        "several processes, started by mpirun, torchrun or srun, train one run after another: "
        "--jobs, --slurm, --dry-run and --reuse are of one process");
}

// What each process makes, or the first Error of all of them, in all.
template <class Make>
auto made_by_all(Collective& processes, const Make& make) {
  std::optional<decltype(make())> made;
  std::vector<std::string> errors(static_cast<std::size_t>(processes.size()));
  try {
    made = make();
  } catch (const std::exception& error) {
    errors[static_cast<std::size_t>(processes.rank())] = plain_message(error);
  }
  share(processes, errors);
  for (const std::string& error : errors) {
    if (!error.empty()) throw Error(error);
  }
  return std::move(*made);
}

// Of a study whose runs several processes train together, this one's part.
int run_as_one_of(Collective& processes, const RunArguments& arguments) {
  PreparedStudy study = made_by_all(processes, [&] { return prepare(arguments); });
  const std::int64_t in_summary = leave_out_summarised(study, arguments);
  if (processes.leads()) plan_runs(study.jobs, arguments.overrides);
  std::vector<WorkerResult> results;
  const std::vector<RunOutcome> outcomes = run_together(study.jobs, processes);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const RunConfig& config = study.jobs[i].config;
    results.push_back({config.label, config.seed, outcomes[i], ""});
  }
  if (!processes.leads()) return exit_code(results);
  say_summarised(in_summary);
  return summarise(results);
}

int run_with_others(RunArguments arguments, const Launch& launch) {
  check_together(arguments);
  if (arguments.device == "cuda") take_device(launch);
  arguments.processes_here = launch.local_size;
  const StopSignals signals;
  const std::unique_ptr<Collective> processes = meet(launch, arguments.device == "cuda");
  if (processes->leads()) return run_as_one_of(*processes, arguments);
  const Hush one_speaks;
  try {
    return run_as_one_of(*processes, arguments);
  } catch (const std::exception&) {  // the first process says why
    return 1;
  }
}

int run(const RunArguments& arguments) {
  const Launch launch = launched(variable);
  if (launch.meeting != Meeting::kAlone) return run_with_others(arguments, launch);
  const StopSignals signals;
  PreparedStudy study = prepare(arguments);
  if (arguments.dry_run) return dry_run(arguments, study);
  auto& [jobs, plugins, summarised] = study;
  if (!arguments.slurm.dry_run) plan_runs(jobs, arguments.overrides);
  if (!arguments.reuse.empty()) reuse_runs(jobs, arguments);
  say_summarised(leave_out_summarised(study, arguments));
  if (arguments.slurm.wanted()) return queue_runs(jobs, study, arguments);
  return summarise(
      run_workers(jobs, {arguments.jobs, /*wait=*/!arguments.no_wait, this_program(), plugins}));
}

}  // namespace

void add_run_command(CLI::App& program) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* command = program.add_subcommand("run", "Run the study of a file; skip what is done");
  command
      ->add_option("study", arguments->file,
                   "Study file (JSON with comments), or the name of one in configs/")
      ->required();
  command
      ->add_option("--set", arguments->overrides.set,
                   "path=value into every run, as in train.steps=100")
      ->allow_extra_args(false);
  command
      ->add_option("--only", arguments->overrides.only,
                   "Only runs of this label or variant; * and ? allowed")
      ->allow_extra_args(false);
  command
      ->add_option("--seeds", arguments->overrides.seeds,
                   "Instead of the study's: --seeds 0 1 2, behind the study")
      ->check(whole_number(0, std::numeric_limits<std::int64_t>::max()))
      ->type_name("N");
  command
      ->add_option("--sweep", arguments->overrides.sweep,
                   "path=values: a row for each value in place of each row, as in "
                   "options.rank=1,2,4")
      ->type_name("PATH=A,B")
      ->allow_extra_args(false);
  command->add_option("--backbone", arguments->backbone,
                      "Weights of every run: a name below the data's models, or any folder with a "
                      "model as the hub has them");
  command->add_option("--jobs", arguments->jobs, "Runs at a time, each a process (default: 1)")
      ->check(whole_number(1, kMostThreads))
      ->each([arguments](const std::string&) { arguments->jobs_given = true; });
  command->add_option("--threads", arguments->threads, "Threads per run (default: cores / jobs)")
      ->check(whole_number(1, kMostThreads));
  command->add_option("--device", arguments->device, "Where (default: cpu)")->type_name("cpu|cuda");
  command->add_option("--data", arguments->paths.data, "Folder that scripts/prepare filled")
      ->envname("RANKWISE_DATA");
  command->add_option("--results", arguments->paths.results,
                      "Folder for run files (default: results)");
  command->add_option("--plugin", arguments->plugins, "Shared library with further variants")
      ->allow_extra_args(false);
  command->add_flag("--again", arguments->again,
                    "Train runs anew that are finished; their files are replaced");
  command->add_flag("--want-files", arguments->want_files,
                    "Train also runs of which only the study's summary is left");
  command
      ->add_option("--reuse", arguments->reuse,
                   "Copy runs of the same config from this folder of another study")
      ->allow_extra_args(false);
  command->add_flag("--no-wait", arguments->no_wait,
                    "Leave runs that another living process holds, instead of waiting for them");
  CLI::Option* dry_run =
      command->add_flag("--dry-run", arguments->dry_run,
                        "Print the runs and what they will take, run nothing; distinct runs are "
                        "calibrated for half a minute each at most");
  command->add_flag("--no-calibration", arguments->no_calibration, "Print the runs alone, at once")
      ->needs(dry_run);
  add_slurm_options(*command, arguments->slurm);
  command->callback([arguments] { throw CLI::RuntimeError(run(*arguments)); });
}

}  // namespace rankwise
