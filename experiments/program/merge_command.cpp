// merge: several models, each of tasks of its own, into one that is scored on every task.

#include "experiments/program/commands.h"
#include "experiments/program/ranges.h"
#include "framework/core/json_file.h"
#include "framework/merge/merge_runs.h"
#include "framework/run/plugin.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <memory>
#include <thread>

namespace rankwise {

namespace {

struct MergeArguments {
  std::vector<std::string> paths, rules, set, plugins;
  Paths folders;
  std::string device = "cpu";
  int threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
};

// "ties.density=0.5" for rule `ties`: {"density": 0.5}.
nlohmann::json options_of(const std::string& rule, const std::vector<std::string>& sets) {
  nlohmann::json options = nlohmann::json::object();
  for (const std::string& set : sets) {
    const auto dot = set.find('.');
    const auto equals = set.find('=');
    check(dot != std::string::npos && equals != std::string::npos && dot < equals,
          "--set {}: expected rule.option=value, as in ties.density=0.5", set);
    merge_methods().find(set.substr(0, dot));
    if (set.substr(0, dot) != rule) continue;
    const auto value = nlohmann::json::parse(set.substr(equals + 1), nullptr, false);
    check(!value.is_discarded(), "--set {}: {} is no number", set, set.substr(equals + 1));
    options[set.substr(dot + 1, equals - dot - 1)] = value;
  }
  return options;
}

void merge_all(const MergeArguments& arguments) {
  at::set_num_threads(arguments.threads);
  load_plugins(arguments.plugins);
  for (const MergeGroup& group : merge_groups({arguments.paths.begin(), arguments.paths.end()})) {
    Merger merger(group, arguments.folders, arguments.device);
    for (const std::string& rule : arguments.rules) {
      const MergeRequest request{rule, options_of(rule, arguments.set)};
      const bool made = merger.merge(request);
      fmt::print("{}  {}\n", made ? "merged" : "there ", merger.file(request).string());
    }
  }
}

std::string rules_help() {
  std::string help = "Rules (average):";
  for (const std::string& name : merge_methods().names()) {
    help += fmt::format("\n  {}: {}", name, merge_methods().find(name).summary);
  }
  return help;
}

}  // namespace

void add_merge_command(CLI::App& program) {
  auto arguments = std::make_shared<MergeArguments>();
  CLI::App* command = program.add_subcommand(
      "merge",
      "Merge models of different tasks, by study, group and seed; score them on every task");
  command->add_option("paths", arguments->paths, "Run files, or folders of them")->required();
  command->add_option("--rule", arguments->rules, rules_help())->allow_extra_args(false);
  command->add_option("--set", arguments->set, "rule.option=value, as in ties.density=0.5")
      ->allow_extra_args(false);
  command->add_option("--plugin", arguments->plugins, "Shared library with further variants")
      ->allow_extra_args(false);
  command->add_option("--device", arguments->device, "Where (default: cpu)")->type_name("cpu|cuda");
  command->add_option("--threads", arguments->threads, "Threads (default: cores)")
      ->check(whole_number(1, kMostThreads));
  command->add_option("--data", arguments->folders.data, "Folder that scripts/prepare filled")
      ->envname("RANKWISE_DATA");
  command->callback([arguments] {
    if (arguments->rules.empty()) arguments->rules = {"average"};
    merge_all(*arguments);
  });
}

}  // namespace rankwise
