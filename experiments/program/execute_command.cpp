// execute: generated programs run by a command of the user's, and pass@k of them.

#include "experiments/program/analysis_arguments.h"
#include "experiments/program/commands.h"
#include "experiments/program/ranges.h"
#include "framework/core/say.h"
#include "framework/core/text.h"
#include "framework/programs/command_words.h"
#include "framework/run/execute_programs.h"
#include "framework/run/stop_signals.h"
#include "framework/texts/answer_rules.h"
#include "framework/texts/pass_at_k.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <thread>

namespace rankwise {

namespace {

struct ExecuteArguments {
  std::vector<std::string> paths;
  ExecuteRequest request;
};

void print_executed(const std::filesystem::path& file, const ExecutedPrograms& executed,
                    const std::string& split) {
  std::vector<std::string> scores;
  for (const std::int64_t k : kPassAtK) {
    const auto score = executed.scores.find(pass_at_k_name(k));
    if (score == executed.scores.end()) continue;
    scores.push_back(fmt::format("{} {:.4f}", score->first, score->second));
  }
  fmt::print("{}  {} {} {}: {} of {} programs passed, {} took too long; {}\n", file.string(),
             executed.task, split, executed.parameters, executed.passed, executed.programs,
             executed.over_time, fmt::join(scores, ", "));
  if (executed.passed > 0) return;
  say("{}: none passed; the first {}\n", file.string(), printable(executed.failure));
}

/// Each program would fail by a command that itself cannot run, and all scores be 0.
void check_command(const ProgramRuns& runs) {
  if (!runs.file_name.ends_with(".py")) return;
  const ProgramOutcome outcome = run_programs({""}, runs).front();
  check(outcome.end == ProgramEnd::kPassed,
        "--command {}: an empty {} does not pass, it {}; nothing was run. Mend the command, its "
        "--seconds or its --mebibytes{}{}",
        runs.limits.command, runs.file_name, outcome.words,
        outcome.output.empty() ? "" : ". It says: ", plain_text(outcome.output));
}

void execute(ExecuteArguments& arguments) {
  ExecuteRequest& request = arguments.request;
  request.runs.words = command_words(request.runs.limits.command);
  check(request.runs.file_name.find('/') == std::string::npos && !request.runs.file_name.empty(),
        "--file-name {}: is a path; expected a file's name alone", request.runs.file_name);
  check(std::isfinite(request.runs.limits.seconds), "--seconds {}: expected 0.001 to 86400",
        request.runs.limits.seconds);
  const auto files = finished_run_files(arguments.paths);
  check_fence(request.runs.limits);
  check_command(request.runs);
  say("Code that a model wrote is run now, with your rights on your files{}; a container or "
      "a machine of its own keeps these safe.\n",
      request.runs.limits.network ? " and on the network" : ", without a network");
  const StopSignals signals;
  request.runs.stop = StopSignals::requested;
  std::set<std::string> metrics;
  for (const auto& file : files) {
    const auto all = execute_programs(file, request);
    if (StopSignals::requested()) {
      say("{}: stopped, nothing of it is recorded\n", file.string());
      throw CLI::RuntimeError(kNotDone);
    }
    if (all.empty()) fmt::print("{}  was run before; --again runs it anew\n", file.string());
    for (const ExecutedPrograms& executed : all) {
      print_executed(file, executed, request.split);
      metrics.insert(fmt::format("--metric {}/pass_at_1", executed.task));
    }
  }
  if (!metrics.empty()) {
    fmt::print("rankwise table{} {} {}\n", request.split == "dev" ? " --split dev" : "",
               fmt::join(metrics, " "), fmt::join(arguments.paths, " "));
  }
}

void add_limits(CLI::App& command, ProgramRuns& runs) {
  ProgramLimits& limits = runs.limits;
  command
      .add_option("--command", limits.command,
                  "What runs a program: \"python3 -I {file}\"; paths in it begin with /")
      ->required();
  command.add_option("--file-name", runs.file_name,
                     fmt::format("What {{file}} is called ({})", runs.file_name));
  command
      .add_option("--seconds", limits.seconds,
                  fmt::format("Time of a program ({})", limits.seconds))
      ->check(CLI::Range(0.001, 86400.0));
  command
      .add_option("--mebibytes", limits.mebibytes,
                  fmt::format("Memory of each of its processes ({})", limits.mebibytes))
      ->check(whole_number(1, 1 << 24));
  command.add_option("--jobs", runs.jobs, "Programs at a time (default: cores)")
      ->check(whole_number(1, kMostThreads));
  command.add_flag("--with-network", limits.network,
                   "Run them without namespaces of their own, which some systems refuse: they then "
                   "reach the network and see other processes");
}

}  // namespace

void add_execute_command(CLI::App& program) {
  auto arguments = std::make_shared<ExecuteArguments>();
  ExecuteRequest& request = arguments->request;
  request.runs.jobs = std::max(1U, std::thread::hardware_concurrency());
  CLI::App* command = program.add_subcommand(
      "execute", "Run the programs that models wrote, by a command of yours, and record pass@k");
  command->add_option("paths", arguments->paths, "Run files, or folders of them")->required();
  add_limits(*command, request.runs);
  command->add_option("--task", request.task, "Only this task");
  command->add_option("--split", request.split, "Whose programs (default: test)")
      ->check(CLI::IsMember({"dev", "test"}));
  command->add_option("--parameters", request.parameters, "Only last or best (by dev)")
      ->check(CLI::IsMember({"last", "best"}));
  command->add_flag("--again", request.again, "Also what was run before");
  command->add_option("--data", request.paths.data, "Folder that scripts/prepare filled")
      ->envname("RANKWISE_DATA");
  command->callback([arguments] { execute(*arguments); });
}

}  // namespace rankwise
