#include "analysis/statistics/statistics.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace rankwise::analysis {

MeanStd mean_std(const std::vector<double>& values) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const std::size_t count = values.size();
  if (count == 0) return {0, kNone, kNone};
  const double n = static_cast<double>(count);
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  if (count == 1) return {1, mean, kNone};
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {count, mean, std::sqrt(squares / (n - 1))};
}

}  // namespace rankwise::analysis
