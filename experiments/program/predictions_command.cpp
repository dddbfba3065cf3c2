// predictions: what a run answered to each example, a line of JSON each.

#include "experiments/program/analysis_arguments.h"
#include "experiments/program/commands.h"
#include "framework/core/error.h"
#include "framework/record/prediction_lines.h"
#include "framework/record/run_reader.h"
#include "framework/record/summary_reader.h"

#include <fmt/format.h>

#include <memory>

namespace rankwise {

namespace {

struct PredictionArguments {
  std::vector<std::string> paths;
  std::string task, split, parameters;  // empty: all
};

// A run file, the runs of a summary's file, or the finished ones of a folder.
std::vector<std::filesystem::path> runs_of(const std::string& path) {
  if (std::filesystem::is_directory(path)) return finished_run_files({path});
  return is_summary_file(path) ? summary_runs(path) : std::vector<std::filesystem::path>{path};
}

bool is_wanted(const PredictionRecord& record, const PredictionArguments& arguments) {
  const auto fits = [](const std::string& wanted, const std::string& found) {
    return wanted.empty() || wanted == found;
  };
  return fits(arguments.task, record.task) && fits(arguments.split, record.split) &&
         fits(arguments.parameters, record.parameters);
}

std::int64_t print_run(const std::filesystem::path& path, const PredictionArguments& arguments) {
  const RunFile run(path);
  check(run.status() == "finished", "{}: is {}, and predictions are recorded when a run finishes",
        path.string(), run.status());
  std::int64_t printed = 0;
  for (const PredictionRecord& record : run.predictions()) {
    if (!is_wanted(record, arguments)) continue;
    for (std::size_t i = 0; i < prediction_count(record); ++i, ++printed) {
      nlohmann::ordered_json line{{"run", path.string()}};
      line.update(prediction_line(record, i));
      fmt::print("{}\n", line.dump());
    }
  }
  return printed;
}

// "task 'boolq' on test with best parameters"
std::string wanted(const PredictionArguments& arguments) {
  const auto word = [](const std::string& given, const char* any) {
    return given.empty() ? any : given;
  };
  return fmt::format("{} on {} with {} parameters",
                     arguments.task.empty() ? "any task" : fmt::format("task '{}'", arguments.task),
                     word(arguments.split, "dev or test"), word(arguments.parameters, "any"));
}

void print_predictions(const PredictionArguments& arguments) {
  for (const std::string& path : arguments.paths) {
    std::int64_t printed = 0;
    for (const auto& run : runs_of(path)) printed += print_run(run, arguments);
    check(printed > 0, "{}: has no predictions of {}{}", path, wanted(arguments),
          is_summary_file(path) ? "; a summary keeps those of single values on test" : "");
  }
}

}  // namespace

void add_predictions_command(CLI::App& program) {
  auto arguments = std::make_shared<PredictionArguments>();
  CLI::App* command = program.add_subcommand(
      "predictions", "Each example's prediction and label, a line of JSON each");
  command
      ->add_option("paths", arguments->paths, "Run files, files of a summary, or folders of them")
      ->required();
  command->add_option("--task", arguments->task, "Only this task");
  command->add_option("--split", arguments->split, "Only dev or test")
      ->check(CLI::IsMember({"dev", "test"}));
  command->add_option("--parameters", arguments->parameters, "Only last or best (by dev)")
      ->check(CLI::IsMember({"last", "best"}));
  command->callback([arguments] { print_predictions(*arguments); });
}

}  // namespace rankwise
