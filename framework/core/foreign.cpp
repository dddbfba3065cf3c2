#include "framework/core/foreign.h"

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/text.h"

#include <filesystem>
#include <new>
#include <regex>
#include <stdexcept>
#include <system_error>

namespace rankwise {

namespace {

std::string no_memory(const std::string& amount) {
  return fmt::format(
      "not enough memory{}; give the run more, or make it smaller: fewer ranks, a smaller "
      "train.micro_batch or train.evaluation_rows",
      amount.empty() ? "" : fmt::format(": {} were asked for at once", amount));
}

std::string of_file_system(const std::filesystem::filesystem_error& error) {
  return fmt::format("{}: cannot be used: {}", error.path1().string(), error.code().message());
}

// "[json.exception.type_error.302] type must be ..." without the brackets.
std::string of_json(const std::string& text) {
  const auto end = text.find("] ");
  return fmt::format("a JSON value is not what was expected: {}",
                     end == std::string::npos ? text : text.substr(end + 2));
}

// LibTorch's own type is not known here. It tells of missing memory in words only, and begins
// other messages with the place in its source.
std::string of_tensors(const std::string& text) {
  static const std::regex kAsked(R"(ried to allocate ([0-9.]+ [A-Za-z]+))");
  std::smatch found;
  if (std::regex_search(text, found, kAsked)) return no_memory(found[1]);
  static const std::regex kPlace(R"(^\[?enforce fail at [^\]]*\] )");
  return fmt::format("a fault inside the program: {}; please report it with the command",
                     std::regex_replace(text, kPlace, ""));
}

std::string translated(const std::exception& error) {
  using Json = nlohmann::json;
  if (const auto* files = dynamic_cast<const std::filesystem::filesystem_error*>(&error)) {
    return of_file_system(*files);
  }
  if (const auto* system = dynamic_cast<const std::system_error*>(&error)) {
    return fmt::format("the system refused: {}", system->code().message());
  }
  const std::string text = first_line(error.what());
  if (dynamic_cast<const Json::exception*>(&error) != nullptr) return of_json(text);
  const bool memory = dynamic_cast<const std::bad_alloc*>(&error) != nullptr ||
                      dynamic_cast<const std::length_error*>(&error) != nullptr;
  return memory ? no_memory("") : of_tensors(text);
}

}  // namespace

std::string plain_message(const std::exception& error) {
  const bool ours = dynamic_cast<const Error*>(&error) != nullptr;
  return printable(ours ? std::string(error.what()) : translated(error));
}

}  // namespace rankwise
