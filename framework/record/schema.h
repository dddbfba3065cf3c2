/// The run file, path by path: the one definition that the writer, the reader and docs share.
#pragma once

#include "framework/io/hdf5.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rankwise::schema {

inline constexpr int kVersion = 1;         // written
inline constexpr int kOldestReadable = 1;  // read from here on
inline constexpr std::string_view kFormat = "rankwise-run";

/// One documented path of the file.
struct Path {
  std::string path;   // "/usage/<site>/count"; an attribute: "/parameters@total"
  std::string shape;  // "[E, T, R]"; empty for an attribute
  std::string type;   // "uint64"
  std::string text;   // meaning and units
};

/// Every path a run file can hold, in the order of the documentation.
const std::vector<Path>& paths();

/// docs/run_file.md: made from paths(), and from those of a summary (summary_schema.h).
std::string markdown();

using Names = std::map<std::string, std::string>;    // {"site", "encoder.layer.0.output.dense"}
using Sizes = std::map<std::string, std::uint64_t>;  // {"T", 10}, {"R", 8}

/// Fills "<site>" and the like.
std::string with_names(std::string pattern, const Names& names);

/// The paths as a table of the documentation.
std::string markdown_table(const std::vector<Path>& paths);

/// A documented dataset with its names and sizes filled in.
struct Slot {
  std::string path;  // "/usage/encoder.layer.0.output.dense/count"
  hdf5::Type type;
  hdf5::Shape shape;   // without the first dimension where it grows
  bool grows = false;  // the first dimension is S or E
};

/// The slot of a documented dataset; throws where the pattern is not documented.
Slot slot(std::string_view pattern, const Names& names = {}, const Sizes& sizes = {});

/// Creates the slot's dataset: extensible where it grows, else of its fixed shape.
hdf5::Dataset create(hdf5::File& file, const Slot& slot);

/// Opens the slot's dataset; throws where its shape is another (of a growing one: a row's shape).
hdf5::Dataset open(const hdf5::File& file, const Slot& slot);

}  // namespace rankwise::schema
