#include "analysis/performance_profile.h"

#include "framework/core/seed.h"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace rankwise {
namespace {

constexpr std::uint64_t kSeed = 20260102;

double beyond(const std::vector<double>& runs, double threshold, bool higher_is_better) {
  const auto count = std::count_if(runs.begin(), runs.end(), [&](double score) {
    return higher_is_better ? score > threshold : score < threshold;
  });
  return static_cast<double>(count) / static_cast<double>(runs.size());
}

std::vector<double> shares(const TaskRuns& scores, const std::vector<double>& thresholds,
                           bool higher_is_better) {
  std::vector<double> result;
  for (const double threshold : thresholds) {
    double sum = 0;
    for (const auto& runs : scores) sum += beyond(runs, threshold, higher_is_better);
    result.push_back(sum / static_cast<double>(scores.size()));
  }
  return result;
}

/// As many runs of each task as it has, drawn with replacement.
TaskRuns resampled(const TaskRuns& scores, Random& random) {
  TaskRuns drawn = scores;
  for (std::size_t t = 0; t < scores.size(); ++t) {
    for (double& score : drawn[t]) score = scores[t][random.index(scores[t].size())];
  }
  return drawn;
}

/// The value below which a share of the sorted values lies, interpolated.
double percentile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

Profile performance_profile(const TaskRuns& scores, const std::vector<double>& thresholds,
                            bool higher_is_better, int replications) {
  Profile profile{shares(scores, thresholds, higher_is_better), {}, {}};
  const bool spread =
      std::any_of(scores.begin(), scores.end(), [](const auto& runs) { return runs.size() > 1; });
  if (!spread) {
    profile.low = profile.high =
        std::vector(thresholds.size(), std::numeric_limits<double>::quiet_NaN());
    return profile;
  }
  Random random = Seed(kSeed).stream("performance profile").random();
  std::vector<std::vector<double>> by_threshold(thresholds.size());
  for (int i = 0; i < replications; ++i) {
    const auto drawn = shares(resampled(scores, random), thresholds, higher_is_better);
    for (std::size_t k = 0; k < drawn.size(); ++k) by_threshold[k].push_back(drawn[k]);
  }
  for (auto& values : by_threshold) {
    std::sort(values.begin(), values.end());
    profile.low.push_back(percentile(values, 0.025));
    profile.high.push_back(percentile(values, 0.975));
  }
  return profile;
}

std::vector<double> profile_thresholds(const std::vector<TaskRuns>& labels, int count) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const TaskRuns& scores : labels) {
    for (const auto& runs : scores) {
      for (const double score : runs) {
        low = std::min(low, score);
        high = std::max(high, score);
      }
    }
  }
  std::vector<double> thresholds;
  for (int i = 0; i < count; ++i) thresholds.push_back(low + (high - low) * i / (count - 1));
  return thresholds;
}

}  // namespace rankwise
