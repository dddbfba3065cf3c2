#include "experiments/program/commands.h"
#include "framework/record/summary_reader.h"
#include "framework/train/assemble.h"
#include "framework/train/plan.h"
#include "framework/train/reuse.h"
#include "framework/train/study.h"
#include "framework/train/workers.h"

#include <set>
#include <thread>

namespace rankwise {

namespace {

struct RunArguments {
  std::string file;
  StudyOverrides overrides;
  Places places;
  std::vector<std::string> plugins;
  std::string device = "cpu";
  std::int64_t jobs = 1;
  std::int64_t threads = 0;
  bool dry_run = false;
  std::string summary;                       // runs in it count as finished
  std::vector<std::filesystem::path> reuse;  // folders of other studies' run files
};

std::int64_t threads_per_run(const RunArguments& arguments) {
  if (arguments.threads > 0) return arguments.threads;
  const auto cores = static_cast<std::int64_t>(std::thread::hardware_concurrency());
  return std::max<std::int64_t>(1, cores / arguments.jobs);
}

std::vector<RunTask> tasks_of(const Study& study, const RunArguments& arguments) {
  std::vector<RunTask> tasks;
  for (std::size_t i = 0; i < study.runs.size(); ++i) {
    tasks.push_back({.config = study.runs[i],
                     .study = study.name,
                     .note = study.note,
                     .reproduces = study.reproduces,
                     .study_file = std::filesystem::path(arguments.file).filename(),
                     .order = study.order[i],
                     .places = arguments.places,
                     .device = arguments.device,
                     .threads = threads_per_run(arguments)});
  }
  return tasks;
}

// Where its finished run is or will be.
std::filesystem::path file_of(const RunTask& task) {
  return run_file(task.config, identify(task.config, task.places), task.study, task.places);
}

// Leaves out the runs that a summary holds.
void skip_summarised(const std::string& summary, std::vector<RunTask>& tasks) {
  std::set<std::string> there;
  for (const auto& run : summary_runs(summary)) there.insert(run_name(run));
  const auto removed = std::erase_if(
      tasks, [&](const RunTask& task) { return there.contains(run_name(file_of(task))); });
  fmt::print("{} of the runs are in {}\n", removed, summary);
}

void reuse_runs(const std::vector<RunTask>& tasks, const RunArguments& arguments) {
  std::int64_t taken = 0;
  for (const RunTask& task : tasks) {
    if (std::filesystem::exists(file_of(task))) continue;
    const auto run = find_reusable(task, arguments.reuse);
    if (run && reuse(task, *run)) ++taken;
  }
  fmt::print("{} taken from other studies\n", taken);
}

// Loads data and weights of each run to count them.
void print_plan(const std::vector<RunTask>& tasks, const RunArguments& arguments) {
  fmt::print("{:8}  {:34} {:>12} {:>12} {:>12} {:>10} {:>9}  {}\n", "", "run", "trainable",
             "train tokens", "eval tokens", "TFLOP", "disk MiB", "file");
  for (const RunTask& task : tasks) {
    const auto file = file_of(task);
    const RunPlan cost = plan(task);
    const char* state = std::filesystem::exists(file)          ? "finished"
                        : find_reusable(task, arguments.reuse) ? "to reuse"
                                                               : "to run";
    fmt::print("{:8}  {:34} {:>12} {:>12} {:>12} {:>10.2f} {:>9.1f}  {}\n", state,
               fmt::format("{} seed {}", task.config.label, task.config.seed),
               cost.parameters.trainable, cost.training_tokens, cost.evaluation_tokens,
               cost.flops / 1e12, cost.disk_mib, file.string());
  }
}

int summarise(const std::vector<WorkerResult>& results) {
  std::int64_t finished = 0;
  std::int64_t skipped = 0;
  std::int64_t failed = 0;
  for (const WorkerResult& result : results) {
    if (!result.error.empty()) {
      ++failed;
    } else {
      ++(result.outcome == RunOutcome::kSkipped ? skipped : finished);
    }
  }
  fmt::print("{} finished, {} already there, {} failed\n", finished, skipped, failed);
  for (const WorkerResult& result : results) {
    if (result.error.empty()) continue;
    fmt::print(stderr, "failed: {} seed {}: {}\n", result.label, result.seed, result.error);
  }
  return failed == 0 ? 0 : 1;
}

// Missing data, unknown tasks: told before a run starts. The seed changes none of it.
void check_data(const std::vector<RunTask>& tasks) {
  std::set<std::string> checked;
  for (const RunTask& task : tasks) {
    identify(task.config, task.places);
    const std::string key = options_to_json(task.config.data).dump() + task.config.backbone +
                            task.config.backbone_options.dump();
    if (checked.insert(key).second) {
      load_suite(task.config.data, suite_setting(task.config, task.places));
    }
  }
}

int run(RunArguments arguments) {
  parse_device(arguments.device);
  std::vector<std::string> plugins = study_plugins(arguments.file);
  plugins.insert(plugins.end(), arguments.plugins.begin(), arguments.plugins.end());
  load_plugins(plugins);
  const Study study = read_study(arguments.file, arguments.overrides);
  std::vector<RunTask> tasks = tasks_of(study, arguments);
  check_data(tasks);
  if (!arguments.summary.empty()) skip_summarised(arguments.summary, tasks);
  if (arguments.dry_run) {
    print_plan(tasks, arguments);
    return 0;
  }
  if (!arguments.reuse.empty()) reuse_runs(tasks, arguments);
  const std::string program = std::filesystem::read_symlink("/proc/self/exe");
  return summarise(run_workers(tasks, {arguments.jobs, program, plugins}));
}

}  // namespace

void add_run_command(CLI::App& program) {
  auto arguments = std::make_shared<RunArguments>();
  CLI::App* command = program.add_subcommand("run", "Run the study of a file; skip what is done");
  command->add_option("study", arguments->file, "Study file (JSON with comments)")->required();
  command
      ->add_option("--set", arguments->overrides.set,
                   "path=value into every run, as in train.steps=100")
      ->allow_extra_args(false);
  command
      ->add_option("--only", arguments->overrides.only,
                   "Only runs of this label or variant; * and ? allowed")
      ->allow_extra_args(false);
  command->add_option("--jobs", arguments->jobs, "Runs at a time, each a process")
      ->check(CLI::PositiveNumber);
  command->add_option("--threads", arguments->threads, "Threads a run (default: cores / jobs)")
      ->check(CLI::PositiveNumber);
  command->add_option("--device", arguments->device, "cpu or cuda");
  command->add_option("--data", arguments->places.data, "Folder that scripts/prepare filled")
      ->envname("RANKWISE_DATA");
  command->add_option("--results", arguments->places.results, "Folder for run files");
  command->add_option("--plugin", arguments->plugins, "Shared library with further variants")
      ->allow_extra_args(false);
  command->add_option("--skip-summarised", arguments->summary,
                      "Skip the runs in this summary, which rankwise summary made");
  command
      ->add_option("--reuse", arguments->reuse,
                   "Copy runs of the same config from this folder of another study")
      ->allow_extra_args(false);
  command->add_flag("--dry-run", arguments->dry_run, "Print the runs, run nothing");
  command->callback([arguments] { throw CLI::RuntimeError(run(*arguments)); });
}

}  // namespace rankwise
