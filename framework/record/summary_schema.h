/// A study's summary, path by path: the one definition that the writer, the reader and docs share.
#pragma once

#include "framework/io/hdf5.h"
#include "framework/record/schema.h"

#include <string>
#include <string_view>
#include <vector>

namespace rankwise::schema {

inline constexpr int kSummaryVersion = 1;
inline constexpr std::string_view kSummaryFormat = "rankwise-summary";

/// Every path a summary can hold, in the order of the documentation.
const std::vector<Path>& summary_paths();

/// A documented path with its names filled in; throws where the pattern is not documented.
std::string summary_path(std::string_view pattern, const Names& names = {});

/// Whether an array of this shape can lie there: it has the documented dimensions, and their size
/// where that is a number; a last W may be missing.
bool fits_summary(std::string_view pattern, const hdf5::Shape& shape);

/// The chapter of docs/run_file.md that is made from summary_paths().
std::string summary_markdown();

}  // namespace rankwise::schema
