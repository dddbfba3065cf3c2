// list, describe, env: what there is, and what this program was built from.

#include "analysis/figures/figure.h"
#include "analysis/runs/finished_runs.h"
#include "analysis/tables/table_kind.h"
#include "experiments/program/commands.h"
#include "experiments/program/names.h"
#include "framework/adapter/variant.h"
#include "framework/cluster/cluster_file.h"
#include "framework/core/json_file.h"
#include "framework/core/metrics.h"
#include "framework/core/nearest.h"
#include "framework/core/provenance.h"
#include "framework/core/slug.h"
#include "framework/core/switches.h"
#include "framework/core/terminal.h"
#include "framework/data/sampler.h"
#include "framework/model/backbone.h"
#include "framework/ops/device_kernels.h"
#include "framework/run/plugin.h"
#include "framework/run/run_config.h"
#include "framework/study/study_file.h"
#include "framework/suites/suite.h"
#include "framework/train/options.h"

#include <ATen/Context.h>
#include <fmt/ranges.h>
#include <torch/version.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <thread>

namespace rankwise {

using namespace analysis;

namespace {

// Wrapped on a terminal; else on one line, which programs search.
void print_hanging(const std::string& name, const std::string& text) {
  const bool wraps = is_terminal(STDOUT_FILENO);
  fmt::print("{}", wraps ? hanging(name, text, terminal_width(STDOUT_FILENO)) : name + text + "\n");
}

template <class T, class Summary>
void print_registry(const char* title, const Registry<T>& registry, Summary summary) {
  fmt::print("{}\n", title);
  for (const std::string& name : registry.names()) {
    print_hanging(fmt::format("  {:19} ", name), summary(registry.find(name)));
  }
}

// The studies of a folder, with how many of their runs are finished.
void list_studies(const std::filesystem::path& configs, const std::filesystem::path& results) {
  if (!std::filesystem::is_directory(configs)) return;
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(configs)) {
    if (entry.path().extension() != ".json") continue;
    const nlohmann::json file = read_json(entry.path());
    if (file.is_object() && file.contains("study")) files.insert(entry.path());
  }
  fmt::print("studies\n");
  for (const auto& file : files) {
    const StudyFile study = read_study_file(file);
    fmt::print("  {:26} {:3} of {:3} runs finished\n", study.name,
               finished_runs(results / slug(study.name)), study.runs.size());
  }
}

// What `list` prints, in this order.
const std::vector<std::pair<std::string, std::function<void()>>>& kinds() {
  static const std::vector<std::pair<std::string, std::function<void()>>> all{
      {"variants",
       [] { print_registry("variants", variants(), [](auto& v) { return v.facts.summary; }); }},
      {"backbones",
       [] { print_registry("backbones", backbones(), [](auto& b) { return b.summary; }); }},
      {"suites",
       [] {
         print_registry("suites made in memory", suites(), [](auto& s) { return s.summary; });
       }},
      {"samplers",
       [] { print_registry("samplers", task_weightings(), [](auto& r) { return r.summary; }); }},
      {"metrics", [] { print_registry("metrics", metrics(), [](auto& m) { return m.summary; }); }},
      {"tables", [] { print_registry("tables", tables(), [](auto& t) { return t.summary; }); }},
      {"figures", [] { print_registry("figures", figures(), [](auto& f) { return f.summary; }); }},
      {"parts",
       [] {
         fmt::print(
             "parts of a run\n"
             "  data                the suite, its tasks and subsets\n"
             "  record              what is kept of a run\n"
             "  train               steps, batches, optimizer, evaluations\n");
       }},
      {"switches",
       [] { print_registry("switches", switches(), [](const Switch* s) { return s->help(); }); }},
      {"studies", [] { list_studies("configs", "results"); }}};
  return all;
}

// Of one kind, or all where `kind` is empty.
void list(const std::string& kind) {
  const std::vector<std::string> names = listed_kinds();
  const auto meant = same_name(kind, names);
  check(kind.empty() || meant.has_value(), "nothing is listed as '{}'{}; what there is: {}", kind,
        did_you_mean(kind, names), fmt::join(names, ", "));
  for (const auto& [name, print] : kinds()) {
    if (kind.empty() || name == *meant) print();
  }
}

// A bar would end the cell.
std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) {
    text.insert(at, 1, '\\');
  }
  return text;
}

// The README's table of variants.
void list_markdown() {
  fmt::print("| variant | what it is |\n|---|---|\n");
  for (const std::string& name : variants().names()) {
    fmt::print("| `{}` | {} |\n", name, cell(variants().find(name).facts.summary));
  }
}

std::string other_names(const OptionInfo& option) {
  std::string text;
  if (!option.elsewhere.empty()) {
    text += fmt::format("; also known as {}", fmt::join(option.elsewhere, ", "));
  }
  if (!option.aliases.empty()) {
    text += fmt::format("; once called {}", fmt::join(option.aliases, ", "));
  }
  return text;
}

void print_options(const std::vector<OptionInfo>& options,
                   const std::map<std::string, std::string>& released = {}) {
  if (options.empty()) fmt::print("  no options\n");
  std::size_t width = 20;
  for (const OptionInfo& option : options) width = std::max(width, option.name.size());
  for (const OptionInfo& option : options) {
    const std::string rule = option.expectation.empty() ? "" : ", " + option.expectation;
    const auto other = released.find(option.name);
    const std::string reading =
        other == released.end() ? "" : fmt::format("; released: {}", other->second);
    const std::string name =
        fmt::format("  {:{}} {:>10}  ", option.name, width, option.default_value);
    print_hanging(name, fmt::format("{} ({}{}{}{})", option.help, option.type, rule, reading,
                                    other_names(option)));
  }
}

bool describe_variant(const std::string& name) {
  if (!variants().contains(name)) return false;
  const Variant& variant = variants().find(name);
  print_hanging(fmt::format("variant {}: ", name), variant.facts.summary);
  print_hanging("source: ", variant.facts.paper);
  fmt::print("options, with defaults:\n");
  print_options(variant.options, variant.released);
  for (const auto& [check, reason] : variant.facts.exemptions) {
    print_hanging(fmt::format("conformance check '{}' does not apply: ", check), reason);
  }
  return true;
}

template <class Options>
void print_part(const char* name) {
  static const Options defaults;
  fmt::print("the '{}' part of a run, with defaults:\n", name);
  print_options(describe_options(defaults));
}

bool describe_other(const std::string& name) {
  if (backbones().contains(name)) {
    fmt::print("backbone {}: {}\n", name, backbones().find(name).summary);
    print_options(backbones().find(name).options);
  } else if (suites().contains(name)) {
    fmt::print("suite {}: {}\n", name, suites().find(name).summary);
    print_options(suites().find(name).options);
  } else if (tables().contains(name)) {
    fmt::print("table {}: {}\n", name, tables().find(name).summary);
    print_options(tables().find(name).options);
  } else if (figures().contains(name)) {
    fmt::print("figure {}: {}\n", name, figures().find(name).summary);
    print_options(figures().find(name).options);
  } else if (name == "run") {
    fmt::print("a run, as the \"runs\" and \"defaults\" of a study file hold it, with defaults:\n");
    print_options(run_members());
  } else if (name == "study") {
    fmt::print("a study file, with defaults:\n");
    print_options(study_members());
  } else if (name == "cluster") {
    fmt::print("cluster.json, what a run asks of Slurm, with defaults:\n");
    print_options(describe_options<ClusterOptions>());
  } else if (name == "train") {
    print_part<TrainOptions>("train");
  } else if (name == "data") {
    print_part<DataOptions>("data");
  } else if (name == "record") {
    print_part<RecordOptions>("record");
  } else {
    return false;
  }
  return true;
}

void describe(const std::string& given) {
  const std::vector<std::string> names = described_names();
  const std::string name = same_name(given, names).value_or(given);
  check(describe_variant(name) || describe_other(name),
        "nothing is called '{}'{}; variants: {}; backbones: {}; suites: {}; tables: {}; figures: "
        "{}; study files and their parts: study, run, data, record, train; cluster files: cluster",
        given, did_you_mean(given, names), fmt::join(variants().names(), ", "),
        fmt::join(backbones().names(), ", "), fmt::join(suites().names(), ", "),
        fmt::join(tables().names(), ", "), fmt::join(figures().names(), ", "));
}

void print_environment() {
  nlohmann::json environment = base_provenance();
  environment["libtorch"] = TORCH_VERSION;
  environment["cuda"] = at::hasCUDA();
  environment["cuda_kernels"] = device_kernels_text();
  environment["cores"] = std::thread::hardware_concurrency();
  environment["host"] = host_name();
  for (const auto& [key, value] : environment.items()) {
    fmt::print("{:14} {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
  }
}

}  // namespace

void add_info_commands(CLI::App& program) {
  auto plugins = std::make_shared<std::vector<std::string>>();
  const auto plugin_option = [&](CLI::App* command) {
    command->add_option("--plugin", *plugins, "Shared library with further variants")
        ->allow_extra_args(false);
  };
  CLI::App* list_command = program.add_subcommand(
      "list", "Variants, backbones, suites, samplers, metrics, tables, figures, switches");
  auto kind = std::make_shared<std::string>();
  list_command->add_option("kind", *kind, "One of these alone");
  auto markdown = std::make_shared<bool>(false);
  list_command->add_flag("--markdown", *markdown, "The variants as a Markdown table");
  plugin_option(list_command);
  list_command->callback([=] {
    load_plugins(*plugins);
    *markdown ? list_markdown() : list(*kind);
  });
  CLI::App* describe_command = program.add_subcommand(
      "describe", "A variant, backbone, suite, table, figure or part of a study, with its options");
  auto name = std::make_shared<std::string>();
  describe_command->add_option("name", *name, "What to describe")->required();
  plugin_option(describe_command);
  describe_command->callback([=] {
    load_plugins(*plugins);
    describe(*name);
  });
  program.add_subcommand("env", "Versions of program, compiler and libraries")
      ->callback(print_environment);
}

}  // namespace rankwise
