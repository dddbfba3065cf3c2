// export and import: trained parameters as other programs have them, and back.

#include "experiments/program/commands.h"
#include "framework/core/error.h"
#include "framework/exchange/export_merged.h"
#include "framework/exchange/import_peft.h"
#include "framework/run/plugin.h"

#include <fmt/format.h>

#include <memory>

namespace rankwise {

namespace {

struct ExportArguments {
  std::string run, format = "peft";
  ExportRequest request;
  std::optional<double> tolerance;
  std::vector<std::string> plugins;
};

void export_run(ExportArguments& arguments) {
  load_plugins(arguments.plugins);
  ExportRequest& request = arguments.request;
  request.parameters = find_parameters(arguments.run, request.paths.results);
  if (arguments.format == "peft") {
    for (const auto& folder : export_peft(request)) fmt::print("exported  {}\n", folder.string());
    return;
  }
  const MergedExport made = export_merged(request, arguments.tolerance);
  fmt::print("exported  {}\n", made.folder.string());
  fmt::print(
      "merged and adapted model differ by {:.2g} of their largest output; tolerance {:.2g}\n",
      made.difference, made.tolerance);
}

void add_export_command(CLI::App& program) {
  auto arguments = std::make_shared<ExportArguments>();
  ExportRequest& request = arguments->request;
  CLI::App* command = program.add_subcommand(
      "export", "Write a trained run as a PEFT adapter, or merged as a whole checkpoint");
  command
      ->add_option("run", arguments->run,
                   "Run file, STUDY/LABEL-SEED, or file of parameters (.safetensors)")
      ->required();
  command
      ->add_option("--format", arguments->format,
                   "An adapter, or a whole checkpoint (default: peft)")
      ->check(CLI::IsMember({"peft", "merged"}));
  command->add_option("--out", request.out, "Folder to make")->required();
  command->add_option("--task", request.task, "Only this task's, where tasks differ");
  command->add_option("--base", request.base,
                      "What the export calls its base model (default: the run's weights)");
  command->add_option("--tolerance", arguments->tolerance,
                      "By what share of the largest output a merged model may differ");
  command->add_option("--plugin", arguments->plugins, "Shared library with further variants")
      ->allow_extra_args(false);
  command->add_option("--results", request.paths.results,
                      "Folder of studies, for STUDY/LABEL-SEED");
  command->add_option("--data", request.paths.data, "Folder that scripts/prepare filled")
      ->envname("RANKWISE_DATA");
  command->callback([arguments] { export_run(*arguments); });
}

void add_import_command(CLI::App& program) {
  auto request = std::make_shared<ImportRequest>();
  CLI::App* command = program.add_subcommand(
      "import", "Read a PEFT adapter into a file of parameters, for evaluate and init_from");
  command->add_option("folder", request->folder, "Folder that PEFT, or export, wrote")->required();
  command->add_option("--backbone", request->backbone,
                      "The base model's weights (default: those that the adapter names)");
  command->add_option("--out", request->out,
                      "File to write (default: beside the folder, with .safetensors)");
  command->add_option("--data", request->paths.data, "Folder that scripts/prepare filled")
      ->envname("RANKWISE_DATA");
  command->callback([request] { fmt::print("imported  {}\n", import_peft(*request).string()); });
}

}  // namespace

void add_exchange_commands(CLI::App& program) {
  add_export_command(program);
  add_import_command(program);
}

}  // namespace rankwise
