#include "analysis/statistics/robust.h"

#include "analysis/statistics/ordering.h"
#include "analysis/statistics/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace rankwise::analysis {
namespace {

constexpr double kNoEstimate = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return kNoEstimate;
  const double position = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(position);
  const auto at = values.begin() + below;
  std::nth_element(values.begin(), at, values.end());
  if (at + 1 == values.end()) return *at;
  const double next = *std::min_element(at + 1, values.end());
  return std::lerp(*at, next, position - static_cast<double>(below));
}

double median(const std::vector<double>& values) { return quantile(values, 0.5); }

double interquartile_mean(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto cut = static_cast<std::ptrdiff_t>(values.size() / 4);
  return mean_std({values.begin() + cut, values.end() - cut}).mean;
}

double probability_of_improvement(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.empty() || b.empty()) return kNoEstimate;
  double wins = 0;
  for (const double x : a) {
    for (const double y : b) {
      const double ahead = rounded(x) - rounded(y);
      wins += ahead > 0 ? 1 : ahead == 0 ? 0.5 : 0;
    }
  }
  return wins / static_cast<double>(a.size() * b.size());
}

std::vector<double> performance_profile(const std::vector<std::vector<double>>& scores,
                                        const std::vector<double>& thresholds) {
  std::vector<double> shares;
  shares.reserve(thresholds.size());
  for (const double threshold : thresholds) {
    double sum = 0;
    for (const auto& task : scores) {
      const auto above =
          std::count_if(task.begin(), task.end(), [&](double score) { return score > threshold; });
      sum += static_cast<double>(above) / static_cast<double>(task.size());
    }
    shares.push_back(sum / static_cast<double>(scores.size()));
  }
  return shares;
}

}  // namespace rankwise::analysis
