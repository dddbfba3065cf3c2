#include "analysis/statistics/within_seed.h"

#include "analysis/statistics/significance.h"
#include "analysis/statistics/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace rankwise::analysis {

std::optional<std::vector<Interval>> within_seed_intervals(
    const std::vector<std::vector<double>>& values) {
  const std::size_t conditions = values.size();
  if (conditions < 2) return std::nullopt;
  const std::size_t seeds = values.front().size();
  const bool complete = std::all_of(values.begin(), values.end(),
                                    [&](const auto& each) { return each.size() == seeds; });
  if (seeds < 2 || !complete) return std::nullopt;

  std::vector<double> of_seed(seeds, 0);  // its mean over the conditions
  for (const std::vector<double>& condition : values) {
    for (std::size_t s = 0; s < seeds; ++s) {
      of_seed[s] += condition[s] / static_cast<double>(conditions);
    }
  }
  const double grand = mean_std(of_seed).mean;
  const auto count = static_cast<double>(conditions);
  const double correction = std::sqrt(count / (count - 1));
  std::vector<Interval> intervals;
  for (std::vector<double> condition : values) {
    for (std::size_t s = 0; s < seeds; ++s) condition[s] += grand - of_seed[s];
    const auto test = paired_t_test(condition);
    const double half = correction * (test->high - test->mean);
    intervals.push_back({test->mean - half, test->mean + half});
  }
  return intervals;
}

}  // namespace rankwise::analysis
