#include "experiments/program/help.h"

#include "experiments/program/commands.h"
#include "experiments/program/completion.h"
#include "framework/core/error.h"
#include "framework/core/nearest.h"
#include "framework/core/terminal.h"
#include "framework/core/text.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <memory>

namespace rankwise {

namespace {

struct Place {
  const char *command, *group, *example;
};

constexpr const char* kTraining = "Train";
constexpr const char* kLooking = "Look at results";
constexpr const char* kKeeping = "Keep and share results";
constexpr const char* kModels = "Use trained models";
constexpr const char* kAbout = "What there is";

// Groups stand in the order in which main.cpp adds their first commands.
constexpr Place kPlaces[] = {
    {"run", kTraining, "rankwise run configs/demo.json --jobs 2 --seeds 0 1 2"},
    {"status", kTraining, "rankwise status results/demo"},
    {"merge", kTraining,
     "rankwise merge results/flylora_merging --rule ties --set ties.density=0.5"},
    {"reproduce", kTraining, "rankwise reproduce more.table5"},
    {"table", kLooking, "rankwise table results/text10 --labels \"more,lora rank=8\" --all"},
    {"figure", kLooking, "rankwise figure usage results/text10 --out figures"},
    {"compare", kLooking, "rankwise compare more \"lora rank=8\" results/text10"},
    {"ablate", kLooking, "rankwise ablate results/more_table5 --reference more"},
    {"measures", kLooking, "rankwise measures results/planted_ranks"},
    {"hypotheses", kLooking, "rankwise hypotheses configs/hypotheses.json results/planted_*"},
    {"predictions", kLooking, "rankwise predictions results/demo/more-s0-*.h5 --task sms_spam"},
    {"diff", kLooking, "rankwise diff results/demo/lora-rank-8-s0-*.h5 results/demo/more-s0-*.h5"},
    {"lint", kLooking, "rankwise lint results/demo"},
    {"report", kKeeping, "rankwise report results/demo --out report.html"},
    {"summary", kKeeping, "rankwise summary results/demo --out results/demo/summary"},
    {"results", kKeeping, "rankwise results configs/text10.json"},
    {"evaluate", kModels, "rankwise evaluate demo/more-0 --split dev"},
    {"execute", kModels,
     "rankwise execute results/paper_flylora_table1 --command \"python3 -I {file}\""},
    {"export", kModels, "rankwise export demo/lora-rank-8-0 --out adapter"},
    {"import", kModels, "rankwise import adapter"},
    {"list", kAbout, "rankwise list variants"},
    {"describe", kAbout, "rankwise describe smora"},
    {"schema", kAbout, "rankwise schema study > study.schema.json"},
    {"verify", kAbout, "rankwise verify"},
    {"env", kAbout, "rankwise env"},
    {"completion", kAbout, "source <(rankwise completion bash)"},
    {"help", kAbout, "rankwise help run"},
};

// Names in a column, and what they mean beside it, in lines of the terminal where there is one.
class TerminalHelp : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    return beside(make_option_name(option, is_positional) + make_option_opts(option),
                  make_option_desc(option));
  }

  std::string make_subcommand(const CLI::App* command) const override {
    return beside(command->get_name(), command->get_description());
  }

 private:
  std::string beside(const std::string& name, const std::string& meaning) const {
    const std::size_t column = get_column_width(), longest = column - 4;
    const bool fits = display_width(name) <= longest;
    const std::string prefix = fmt::format("  {:{}}", fits ? name : "", column - 2);
    const std::string line = is_terminal(STDOUT_FILENO)
                                 ? hanging(prefix, meaning, terminal_width(STDOUT_FILENO))
                                 : prefix + meaning + "\n";
    return fits ? line : fmt::format("  {}\n{}", name, line);
  }
};

// The words that the parser did not take, at any level.
std::vector<std::string> extra_words(const CLI::App& program) {
  return program.remaining(/*recurse=*/true);
}

const CLI::App* command_of(const CLI::App& program) {
  const auto parsed = program.get_subcommands();
  return parsed.empty() ? nullptr : parsed.front();
}

std::string option_name(const std::string& word) { return word.substr(0, word.find('=')); }

std::string meant_by(const CLI::App& program, const std::string& word) {
  const CLI::App* command = command_of(program);
  if (word.starts_with('-')) {
    return did_you_mean(option_name(word), long_names(command == nullptr ? program : *command));
  }
  return command == nullptr ? did_you_mean(word, shown_commands(program)) : "";
}

}  // namespace

std::vector<std::string> shown_commands(const CLI::App& program) {
  std::vector<std::string> names;
  for (const CLI::App* command : program.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> long_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

void arrange_help(CLI::App& program) {
  const auto form = std::make_shared<TerminalHelp>();
  program.formatter(form);
  for (const std::string& name : shown_commands(program)) {
    const auto* place = std::find_if(std::begin(kPlaces), std::end(kPlaces),
                                     [&](const Place& one) { return name == one.command; });
    check(place != std::end(kPlaces), "help.cpp: '{}' has no place in --help", name);
    CLI::App* command = program.get_subcommand(name);
    command->group(place->group);
    command->formatter(form);
    command->footer(fmt::format("Example:\n  {}", place->example));
  }
  program.footer("rankwise help COMMAND shows its options, with an example.");
}

std::string mistake(const CLI::App& program, const CLI::ParseError& error) {
  const std::vector<std::string> extras = extra_words(program);
  const CLI::App* command = command_of(program);
  std::string meant;
  for (const std::string& word : extras) {
    if (meant.empty()) meant = meant_by(program, word);
  }
  return fmt::format("{}{}; see rankwise {}--help", printable(error.what()), printable(meant),
                     command == nullptr ? "" : command->get_name() + " ");
}

void print_help(const CLI::App& program, const std::string& name) {
  if (name.empty()) {
    fmt::print("{}", program.help());
    return;
  }
  const auto names = shown_commands(program);
  const auto meant = same_name(name, names);
  if (!meant) fail_unknown("command", "commands", name, names);
  fmt::print("{}", program.get_subcommand(*meant)->help("rankwise"));
}

void add_help_commands(CLI::App& program) {
  program.add_subcommand("help", "This text, or the help of a command");  // print_help()
  add_completion_command(program);
}

}  // namespace rankwise
