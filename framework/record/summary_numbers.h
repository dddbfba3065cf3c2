/// Arrays of numbers as a summary stores them: in the smallest type, packed, read back as doubles.
#pragma once

#include "framework/io/hdf5.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace rankwise {

/// The smallest type that holds every value exactly: an integer's, float32 or float64.
hdf5::Type smallest_type(std::span<const double> values);

/// Writes them in that type.
void write_numbers(hdf5::File& file, const std::string& path, const hdf5::Shape& shape,
                   std::span<const double> values);

/// The nearest float32 of `bits` significant binary digits: all 24 of it, or 13 for four decimal
/// ones.
float rounded(double value, int bits = 24);

/// One array of several runs, [N, ...]: each run's part is filled in, the rest is padding.
struct RunRows {
  hdf5::Shape shape;
  std::vector<double> values;

  /// `row`: the shape of a run's part.
  RunRows(std::size_t runs, const hdf5::Shape& row, double padding = 0);

  std::span<double> operator[](std::size_t run);  // its part
  void write(hdf5::File& file, const std::string& path) const;
};

}  // namespace rankwise
