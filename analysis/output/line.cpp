#include "analysis/output/line.h"

#include "analysis/statistics/significance.h"
#include "analysis/statistics/statistics.h"

#include <cmath>
#include <cstddef>
#include <limits>

namespace rankwise::analysis {

void Line::add(double at, double value, double from, double to) {
  x.push_back(at);
  y.push_back(value);
  low.push_back(from);
  high.push_back(to);
}

void Line::add_mean(double at, const std::vector<double>& values) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const auto interval = paired_t_test(values);
  add(at, mean_std(values).mean, interval ? interval->low : kNone,
      interval ? interval->high : kNone);
}

bool has_numbers(const Line& line) {
  for (std::size_t i = 0; i < line.x.size(); ++i) {
    if (std::isfinite(line.x[i]) && std::isfinite(line.y[i])) return true;
  }
  return false;
}

bool few_points(const std::vector<LinePanel>& panels) {
  constexpr std::size_t kFew = 12;
  for (const LinePanel& panel : panels) {
    for (const Line& line : panel.lines) {
      if (line.x.size() > kFew) return false;
    }
  }
  return true;
}

}  // namespace rankwise::analysis
