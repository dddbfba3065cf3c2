#include "experiments/program/completion.h"

#include "experiments/program/help.h"
#include "experiments/program/names.h"
#include "framework/core/error.h"
#include "framework/core/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

namespace rankwise {

namespace {

using Texts = std::vector<std::string>;

constexpr const char* kBash = R"(_rankwise() {
  local IFS=$'\n'
  COMPREPLY=($(rankwise complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _rankwise rankwise
)";

constexpr const char* kZsh = R"(#compdef rankwise
_rankwise() {
  local -a found
  found=("${(@f)$(rankwise complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "${found[1]}" ]]; then compadd -a found; else _files; fi
}
compdef _rankwise rankwise
)";

constexpr const char* kFish =
    R"(complete -c rankwise -a '(rankwise complete (commandline -opc)[2..] (commandline -ct | string collect --allow-empty) 2>/dev/null)'
)";

const std::map<std::string, const char*>& scripts() {
  static const std::map<std::string, const char*> all{
      {"bash", kBash}, {"fish", kFish}, {"zsh", kZsh}};
  return all;
}

void print_script(const std::string& shell) {
  const auto found = scripts().find(shell);
  if (found == scripts().end()) fail_unknown("shell", "shells", shell, {"bash", "fish", "zsh"});
  fmt::print("{}", found->second);
}

// The values of options that take one of a few.
Texts values_of(const std::string& command, const std::string& option) {
  if (option == "--format") {
    return command == "export" ? Texts{"merged", "peft"} : output_formats();
  }
  static const std::map<std::string, Texts> known{{"--split", {"dev", "test"}},
                                                  {"--parameters", {"best", "last"}},
                                                  {"--device", {"cpu", "cuda"}}};
  const auto found = known.find(option);
  return found == known.end() ? Texts{} : found->second;
}

// What may stand as the first word behind a command.
Texts first_words(const CLI::App& program, const std::string& command) {
  if (command == "help") return shown_commands(program);
  if (command == "completion") return {"bash", "fish", "zsh"};
  if (command == "schema") return {"run_file", "study"};
  if (command == "list") return listed_kinds();
  if (command == "describe") return described_names();
  if (command == "figure") return figure_names();
  if (command == "table") return table_names();
  if (command == "reproduce") return paper_names();
  return {};
}

Texts candidates(const CLI::App& program, const Texts& words) {
  if (words.size() == 1) return shown_commands(program);
  const auto commands = program.get_subcommands(
      [&](const CLI::App* one) { return one->get_name() == words.front(); });
  if (commands.empty()) return {};
  const std::string& before = words[words.size() - 2];
  if (const Texts values = values_of(words.front(), before); !values.empty()) return values;
  if (words.back().starts_with('-')) return long_names(*commands.front());
  return words.size() == 2 ? first_words(program, words.front()) : Texts{};
}

}  // namespace

void print_completions(const CLI::App& program, const Texts& words) {
  if (words.empty()) return;
  Texts found = candidates(program, words);
  std::sort(found.begin(), found.end());
  for (const std::string& name : found) {
    if (name.starts_with(words.back())) fmt::print("{}\n", name);
  }
}

void add_completion_command(CLI::App& program) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command =
      program.add_subcommand("completion", "A script by which a shell completes command lines");
  command->add_option("shell", *shell, "The shell")->type_name("bash|zsh|fish")->required();
  command->callback([shell] { print_script(*shell); });
}

}  // namespace rankwise
