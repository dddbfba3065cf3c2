// compare, ablate and diff: what a change in the config did, from run files alone.

#include "analysis/runs/run_difference.h"
#include "analysis/tables/ablation.h"
#include "analysis/tables/comparison.h"
#include "experiments/program/analysis_arguments.h"
#include "experiments/program/commands.h"
#include "framework/core/text.h"

#include <memory>

namespace rankwise {

using namespace analysis;

namespace {

struct CompareArguments {
  std::string a, b;  // labels, or run files
  std::vector<std::string> paths, labels;
  TableOutput output;
  AblationOptions ablation;          // compare takes its split and parameters from here
  std::vector<std::string> metrics;  // of compare: beside the tasks' first
};

/// Parsed again for its checks: the command line gives strings.
AblationOptions checked_options(const CompareArguments& arguments) {
  return parse_options<AblationOptions>(options_to_json(arguments.ablation), "options");
}

void compare_labels(const CompareArguments& arguments) {
  ScoreChoice choice = checked_options(arguments).choice();
  choice.metrics = arguments.metrics;
  const RunSet runs = load_and_warn(arguments.paths);
  print_or_write(comparison_table(compare(runs, arguments.a, arguments.b, choice)),
                 arguments.output,
                 latex_form(runs, arguments.a + " " + arguments.b,
                            fmt::format("{} against {}", arguments.a, arguments.b)));
}

void ablate(const CompareArguments& arguments) {
  const AblationOptions options = checked_options(arguments);
  const RunSet runs = choose(load_and_warn(arguments.paths), arguments.labels);
  print_or_write(ablation_table(runs, options), arguments.output,
                 latex_form(runs, "ablation", "every label against a reference"));
}

void diff(const CompareArguments& arguments) {
  for (const LeafDifference& difference : run_differences(arguments.a, arguments.b)) {
    fmt::print("{}\n", printable(to_text(difference)));
  }
}

void add_choice_options(CLI::App& command, CompareArguments& arguments) {
  command.add_option("paths", arguments.paths, "Run files, or folders of them")->required();
  add_split_options(command, arguments.ablation.split, arguments.ablation.parameters);
  add_output_options(command, arguments.output);
}

}  // namespace

void add_compare_commands(CLI::App& program) {
  auto arguments = std::make_shared<CompareArguments>();
  CLI::App* compare_command =
      program.add_subcommand("compare", "Two labels, paired by seed and by example");
  compare_command->add_option("a", arguments->a, "Label")->required();
  compare_command->add_option("b", arguments->b, "Label it is compared with")->required();
  compare_command
      ->add_option("--metric", arguments->metrics, "Beside the tasks' first: code/pass_at_1")
      ->allow_extra_args(false);
  add_choice_options(*compare_command, *arguments);
  compare_command->callback([=] { compare_labels(*arguments); });

  CLI::App* ablate_command =
      program.add_subcommand("ablate", "Every label against a reference, with tests");
  ablate_command->add_option("--reference", arguments->ablation.reference,
                             "Label (default: the study's reference, else its first row)");
  ablate_command->add_option("--score", arguments->ablation.score,
                             "A task, task/metric, or average (default: average)");
  add_labels_option(*ablate_command, arguments->labels);
  add_choice_options(*ablate_command, *arguments);
  ablate_command->callback([=] { ablate(*arguments); });

  CLI::App* diff_command =
      program.add_subcommand("diff", "What differs between two runs, one path a line");
  diff_command->add_option("run1", arguments->a, "Run file")->required();
  diff_command->add_option("run2", arguments->b, "Run file")->required();
  diff_command->callback([=] { diff(*arguments); });
}

}  // namespace rankwise
