/// Mean and spread of a few values, as tables print them.
#pragma once

#include <cstddef>
#include <vector>

namespace rankwise::analysis {

/// `std` is the sample standard deviation (n - 1); NaN below two values, as is `mean` below one.
struct MeanStd {
  std::size_t count = 0;
  double mean = 0;
  double std = 0;
};

MeanStd mean_std(const std::vector<double>& values);

}  // namespace rankwise::analysis
