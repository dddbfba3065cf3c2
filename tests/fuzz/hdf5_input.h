/// What the fuzzers of HDF5 files share.
///
/// HDF5's newest format has a checksum in every block, which a changed byte would nearly always
/// spoil. So these fuzzers give the library a checksum that is zero for all bytes: their inputs
/// hold zeros, other programs refuse them, and every change of theirs reaches the code behind the
/// check.
#pragma once

#include "tests/fuzz/input_file.h"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace rankwise::fuzz {

/// Where RANKWISE_FUZZ_SEEDS names a folder, `write` makes a valid file in it, and the process
/// ends.
void write_seed(const std::function<void(const std::filesystem::path& file)>& write);

}  // namespace rankwise::fuzz
