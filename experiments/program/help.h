/// Help that is found: subcommands in groups, an example each, and what a mistyped word was meant
/// to be.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace rankwise {

/// Puts each subcommand into its group of --help, and an example below its own help. Throws Error
/// for one that has no place there, so that none is forgotten.
void arrange_help(CLI::App& program);

/// Names of the subcommands that --help shows.
std::vector<std::string> shown_commands(const CLI::App& program);

/// "--out", ...: the long names of a command's options.
std::vector<std::string> long_names(const CLI::App& command);

/// The program's help, or that of the command that `name` means. Throws Error for an unknown one.
void print_help(const CLI::App& program, const std::string& name);

/// One line on a mistake in the call: the parser's words, what was meant, and where help is.
std::string mistake(const CLI::App& program, const CLI::ParseError& error);

}  // namespace rankwise
