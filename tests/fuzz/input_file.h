/// What the fuzzers share: an input as a file, and what counts as a finding.
#pragma once

#include "framework/core/error.h"

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace rankwise::fuzz {

/// A file in memory that every input of this process is written to in turn.
inline const std::filesystem::path& input_file(const std::uint8_t* data, std::size_t size,
                                               const char* ending) {
  static const std::filesystem::path path =
      "/dev/shm/rankwise-fuzz-" + std::to_string(::getpid()) + ending;
  static const int removed = std::atexit([] { std::filesystem::remove(path); });
  static_cast<void>(removed);
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  return path;
}

/// An Error is the right answer to a bad input; any other exception, a crash, a hang, or more
/// memory than the input explains is a finding.
template <class Read>
int answered(const Read& read) {
  try {
    read();
  } catch (const Error& error) {
    if (std::string(error.what()).empty()) std::abort();
  }
  return 0;
}

}  // namespace rankwise::fuzz
