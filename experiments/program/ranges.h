/// Ranges of numbers on the command line, in words that a person can read.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>

namespace rankwise {

/// More threads or processes than any machine has use for: a slip of the keyboard.
inline constexpr std::int64_t kMostThreads = 1024;

/// Refuses what is no whole number from `low` to `high`: "5000 is not a whole number from 1 to
/// 1024".
CLI::Validator whole_number(std::int64_t low, std::int64_t high);

}  // namespace rankwise
