/// The command that a user gives for programs, as the words that a system call takes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace rankwise {

/// Where the program's file is to stand in a command.
inline constexpr const char* kFilePlace = "{file}";

/// The words between spaces; '…' and "…" hold a word together as they do in a shell, and nothing
/// else of a shell is understood. The first is the full path of the file that it names on PATH or
/// by itself. Throws Error where there is no such file, where quotation marks are left open, and
/// where no word has {file}.
std::vector<std::string> command_words(const std::string& command);

/// The words with the file in the place of {file}.
std::vector<std::string> with_file(std::vector<std::string> words,
                                   const std::filesystem::path& file);

}  // namespace rankwise
