/// What a suite planted in its tasks, in the run file: present only where the suite knows it.
#pragma once

#include "framework/io/hdf5.h"
#include "framework/record/run_file.h"

#include <optional>

namespace rankwise {

/// Throws where the truth does not fit the layout's tasks and sites.
void check_truth(const RunLayout& layout);

/// Writes nothing where the layout has no truth.
void write_truth(hdf5::File& file, const RunLayout& layout);

/// The truth of a file whose tasks and sites are `layout`'s; nothing where it holds none.
std::optional<TruthRecord> read_truth(const hdf5::File& file, const RunLayout& layout);

}  // namespace rankwise
