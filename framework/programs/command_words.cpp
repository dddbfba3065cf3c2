#include "framework/programs/command_words.h"

#include "framework/core/error.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sstream>

namespace rankwise {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(const std::string& command) {
  std::vector<std::string> words;
  char open = 0;  // the quotation mark that a word is in
  bool inside = false;
  for (const char one : command) {
    const bool mark = open != 0 ? one == open : one == '\'' || one == '"';
    if (open == 0 && one == ' ') {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    if (mark) {
      open = open == 0 ? one : '\0';
    } else {
      words.back() += one;
    }
  }
  check(open == 0, "--command {}: a quotation mark {} is left open", command, open);
  return words;
}

bool may_run(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored) && access(file.c_str(), X_OK) == 0;
}

std::optional<fs::path> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    return may_run(name) ? std::optional(fs::absolute(name)) : std::nullopt;
  }
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path file = fs::path(folder.empty() ? "." : folder) / name;
    if (may_run(file)) return fs::absolute(file);
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> command_words(const std::string& command) {
  std::vector<std::string> words = split(command);
  const bool has_file = std::any_of(words.begin(), words.end(), [](const std::string& word) {
    return word.find(kFilePlace) != std::string::npos;
  });
  check(!words.empty() && has_file,
        "--command '{}': says nowhere {}, the program's file; as in \"python3 -I {}\"", command,
        kFilePlace, kFilePlace);
  const std::optional<fs::path> program = find_program(words.front());
  check(program.has_value(), "--command {}: there is no program '{}' {}", command, words.front(),
        words.front().find('/') == std::string::npos ? "on PATH" : "that may be run");
  words.front() = program->string();
  return words;
}

std::vector<std::string> with_file(std::vector<std::string> words, const fs::path& file) {
  for (std::string& word : words) {
    const auto place = word.find(kFilePlace);
    if (place != std::string::npos) {
      word.replace(place, std::string(kFilePlace).size(), file.string());
    }
  }
  return words;
}

}  // namespace rankwise
