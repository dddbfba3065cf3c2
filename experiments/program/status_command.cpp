// status: how the runs of a study stand, for people and for launchers.

#include "experiments/program/commands.h"
#include "experiments/program/slurm_queue.h"
#include "framework/core/error.h"
#include "framework/core/terminal.h"
#include "framework/core/text.h"
#include "framework/run/progress_json.h"
#include "framework/study/run_standing.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <memory>

namespace rankwise {

namespace {

using Queue = std::map<std::string, QueuedTask>;

struct StatusArguments {
  std::string folder;
  bool json = false;
  bool all = false;
};

std::filesystem::path folder_of(const std::string& given) {
  const std::filesystem::path below = std::filesystem::path("results") / given;
  const bool is_name = given.find('/') == std::string::npos;
  if (!std::filesystem::is_directory(given) && is_name && std::filesystem::is_directory(below)) {
    return below;
  }
  return given;
}

std::string progress_text(const nlohmann::json& progress) {
  try {
    return to_text(run_progress(progress));
  } catch (const nlohmann::json::exception&) {  // nothing yet, or of another version
    return "starts";
  }
}

// "lora rank=8 seed 0  node7, process 4711 (Slurm 12_3)  step 40/150  loss 0.69  ..."
std::string running_text(const RunStanding& run) {
  if (!run.lease) return "starts";
  const nlohmann::json& about = run.lease->about;
  const std::string slurm = about.is_object() ? about.value("slurm", "") : "";
  return fmt::format("{}, process {}{}  {}", run.lease->host, run.lease->process,
                     slurm.empty() ? "" : fmt::format(" (Slurm {})", slurm),
                     progress_text(run.progress));
}

std::string pending_text(const RunStanding& run, const Queue& queue) {
  const auto task = queue.find(run.file);
  if (task == queue.end()) return run.why;
  const std::string reason =
      task->second.reason == "None" ? "" : fmt::format(" ({})", task->second.reason);
  return fmt::format("{}queued as {}{}", run.why.empty() ? "" : run.why + "; ", task->second.name,
                     reason);
}

std::string text_of(const RunStanding& run, const Queue& queue) {
  switch (run.state) {
    case RunState::kRunning:
      return running_text(run);
    case RunState::kPending:
      return pending_text(run, queue);
    default:
      return run.why;
  }
}

void print_line(const std::string& text) {
  const bool cut = is_terminal(STDOUT_FILENO);
  const std::size_t width = terminal_width(STDOUT_FILENO);
  const std::string line = printable(text);
  fmt::print("{}\n", cut && display_width(line) > width ? wrapped(line, width).front() : line);
}

// The counts first; then what runs, and what needs somebody to look at it.
void print(const StudyStanding& standing, const Queue& queue, bool all) {
  std::vector<std::string> counts;
  for (const RunState state : {RunState::kDone, RunState::kRunning, RunState::kPending,
                               RunState::kStalled, RunState::kFailed}) {
    if (const auto count = standing.counts.at(state); count > 0) {
      counts.push_back(fmt::format("{} {}", count, to_string(state)));
    }
  }
  print_line(fmt::format("{}: {} runs: {}{}", standing.study, standing.runs.size(),
                         fmt::join(counts, ", "),
                         queue.empty() ? "" : fmt::format("; {} in Slurm's queue", queue.size())));
  for (const RunState state : {RunState::kRunning, RunState::kStalled, RunState::kFailed,
                               RunState::kPending, RunState::kDone}) {
    const bool quiet = state == RunState::kPending || state == RunState::kDone;
    for (const RunStanding& run : standing.runs) {
      if (run.state != state || (quiet && !all)) continue;
      print_line(fmt::format("{:7}  {} seed {}  {}", to_string(state), run.label, run.seed,
                             text_of(run, queue)));
    }
  }
  if (standing.others > 0) {
    print_line(fmt::format("{} further run files are not of the study as it was last run",
                           standing.others));
  }
}

nlohmann::json with_queue(nlohmann::json value, const Queue& queue) {
  for (nlohmann::json& run : value["runs"]) {
    const auto task = queue.find(run["file"].get<std::string>());
    run["slurm"] = task == queue.end() ? nlohmann::json()
                                       : nlohmann::json({{"task", task->second.name},
                                                         {"state", task->second.state},
                                                         {"reason", task->second.reason}});
  }
  return value;
}

int status(const StatusArguments& arguments) {
  const std::filesystem::path folder = folder_of(arguments.folder);
  const StudyStanding standing = study_standing(folder, std::time(nullptr));
  check(!standing.runs.empty(), "{}: holds no runs of a study; run it first", folder.string());
  const Queue queue = queued_tasks(submissions(folder));
  if (arguments.json) {
    fmt::print("{}\n", with_queue(to_json(standing), queue)
                           .dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    print(standing, queue, arguments.all);
  }
  return exit_code(standing);
}

}  // namespace

void add_status_command(CLI::App& program) {
  auto arguments = std::make_shared<StatusArguments>();
  CLI::App* command = program.add_subcommand(
      "status", "How the runs of a study stand: pending, running, done, failed, stalled");
  command
      ->add_option("folder", arguments->folder,
                   "Folder of the study's run files, or its name in results/")
      ->required();
  command->add_flag("--all", arguments->all, "A line also for runs that are pending or done");
  command->add_flag("--json", arguments->json, "Everything, for programs (docs/cluster.md)");
  command->callback([arguments] { throw CLI::RuntimeError(status(*arguments)); });
}

}  // namespace rankwise
