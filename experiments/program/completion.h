/// Completion of the command line in bash, zsh and fish. The shells ask the program itself, so that
/// names of variants, figures and options are those that there are.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace rankwise {

void add_completion_command(CLI::App& program);  // completion

/// What shells call, as `rankwise complete WORD...`: a line for each text that may stand in place
/// of the last of `words`, which follow the program's name and of which the last may be empty or
/// begun. None: files, say, which shells complete by themselves.
void print_completions(const CLI::App& program, const std::vector<std::string>& words);

}  // namespace rankwise
