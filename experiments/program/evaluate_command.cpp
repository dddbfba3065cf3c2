// evaluate: scores of parameters that were trained before, without training.

#include "experiments/program/commands.h"
#include "experiments/program/ranges.h"
#include "framework/exchange/import_peft.h"
#include "framework/io/temporary_folder.h"
#include "framework/record/run_reader.h"
#include "framework/run/evaluate.h"
#include "framework/run/plugin.h"

#include <algorithm>
#include <memory>
#include <thread>

namespace rankwise {

namespace {

struct EvaluateArguments {
  std::string run, split = "test";
  EvaluateRequest request;
  std::vector<std::string> plugins;
};

void print_scores(const std::filesystem::path& path, const std::string& split) {
  const RunFile run(path);
  for (const TaskRecord& task : run.layout().tasks) {
    for (const auto& [metric, score] : run.final_scores({task.name, split, "last"})) {
      fmt::print("{:24} {:12} {:.6g}\n", task.name, metric, score);
    }
  }
  fmt::print("evaluated  {}\n", path.string());
}

void evaluate_run(EvaluateArguments& arguments) {
  load_plugins(arguments.plugins);
  EvaluateRequest& request = arguments.request;
  request.split = arguments.split == "dev" ? SplitName::kDev : SplitName::kTest;
  if (!std::filesystem::is_directory(arguments.run)) {
    request.parameters = find_parameters(arguments.run, request.paths.results);
    return print_scores(evaluate_parameters(request), arguments.split);
  }
  const TemporaryFolder imported;
  request.parameters = import_peft({.folder = arguments.run,
                                    .out = imported.path() / "adapter.safetensors",
                                    .backbone = request.backbone,
                                    .paths = request.paths});
  request.name = arguments.run;
  check(!request.out.empty(), "{}: name the run file to write with --out", arguments.run);
  print_scores(evaluate_parameters(request), arguments.split);
}

}  // namespace

void add_evaluate_command(CLI::App& program) {
  auto arguments = std::make_shared<EvaluateArguments>();
  EvaluateRequest& request = arguments->request;
  request.threads = std::max(1U, std::thread::hardware_concurrency());
  CLI::App* command = program.add_subcommand(
      "evaluate", "Score a trained run without training; leaves a run file that tables read");
  command
      ->add_option("run", arguments->run,
                   "Run file, STUDY/LABEL-SEED, file of parameters (.safetensors), or PEFT folder")
      ->required();
  command->add_option("--suite", request.suite, "Another suite than the run's");
  command->add_option("--task", request.tasks, "Only this task")->allow_extra_args(false);
  command->add_option("--split", arguments->split, "Whose scores (default: test)")
      ->check(CLI::IsMember({"dev", "test"}));
  command->add_option("--backbone", request.backbone, "Other weights than the run's");
  command->add_option("--out", request.out,
                      "Run file to write (default: in evaluated/ beside the parameters)");
  command->add_option("--plugin", arguments->plugins, "Shared library with further variants")
      ->allow_extra_args(false);
  command->add_option("--device", request.device, "Where (default: cpu)")->type_name("cpu|cuda");
  command->add_option("--threads", request.threads, "Threads (default: cores)")
      ->check(whole_number(1, kMostThreads));
  command->add_option("--results", request.paths.results,
                      "Folder of studies, for STUDY/LABEL-SEED");
  command->add_option("--data", request.paths.data, "Folder that scripts/prepare filled")
      ->envname("RANKWISE_DATA");
  command->callback([arguments] { evaluate_run(*arguments); });
}

}  // namespace rankwise
