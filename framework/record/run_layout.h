/// The tasks and sites of a run, with their truth: checked, and stored in its file.
#pragma once

#include "framework/io/hdf5.h"
#include "framework/record/run_file.h"

#include <string>
#include <vector>

namespace rankwise {

/// Throws where names repeat, cannot be part of a path, or sizes are impossible.
void check_layout(const RunLayout& layout);

/// A task's metrics as one text, with commas between, and back.
std::string joined_metrics(const TaskRecord& task);
std::vector<std::string> split_metrics(const std::string& text);

void write_layout(hdf5::File& file, const RunLayout& layout);
RunLayout read_layout(const hdf5::File& file);

}  // namespace rankwise
