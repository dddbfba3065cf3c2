/// Where one run's numbers lie in a summary, and how they are read.
#pragma once

#include "framework/io/hdf5.h"
#include "framework/record/summary_schema.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rankwise {

/// A row in the arrays of one set. Patterns are those of summary_schema.h; `names` fills what is in
/// them beside the set. Reading throws Error for an array of other dimensions than the pattern's.
/// The file must outlive it.
class SummaryRow {
 public:
  SummaryRow(const hdf5::File& file, std::string set, std::uint64_t row)
      : file_(&file), set_(std::move(set)), row_(row) {}

  const hdf5::File& file() const { return *file_; }
  std::string path(std::string_view pattern, schema::Names names = {}) const;
  bool has(std::string_view pattern, const schema::Names& names = {}) const;

  /// Names inside a group of the set, as "embedding"; none where the group does not exist.
  std::vector<std::string> children(const std::string& group) const;

  /// Shape of the run's part; empty where the dataset is absent.
  hdf5::Shape shape(std::string_view pattern, const schema::Names& names = {}) const;

  /// The run's part; empty where the dataset is absent.
  std::vector<double> numbers(std::string_view pattern, const schema::Names& names = {}) const;

  /// All elements of what the runs share; empty where the dataset is absent.
  std::vector<double> shared(std::string_view pattern, const schema::Names& names = {}) const;
  std::vector<std::string> strings(std::string_view pattern) const;

  /// Throws Error unless the array `fits` the others of its set.
  void check_fit(bool fits, std::string_view pattern, const schema::Names& names = {}) const;

 private:
  hdf5::Dataset array(std::string_view pattern, const schema::Names& names) const;

  const hdf5::File* file_;
  std::string set_;
  std::uint64_t row_;
};

}  // namespace rankwise
