#include "analysis/statistics/performance_profile.h"

#include "analysis/statistics/bootstrap.h"
#include "analysis/statistics/robust.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <set>

namespace rankwise::analysis {
namespace {

constexpr std::uint64_t kProfileSeed = 20260102;

/// With the signs turned, below is above.
TaskRuns negated(TaskRuns scores) {
  for (auto& runs : scores) {
    for (double& score : runs) score = -score;
  }
  return scores;
}

}  // namespace

Profile performance_profile(const TaskRuns& scores, const std::vector<double>& thresholds,
                            bool higher_is_better, std::size_t replications) {
  const TaskRuns upward = higher_is_better ? scores : negated(scores);
  const bool spread =
      std::any_of(scores.begin(), scores.end(), [](const auto& runs) { return runs.size() > 1; });
  Profile profile;
  for (const double threshold : thresholds) {
    const std::vector<double> one{higher_is_better ? threshold : -threshold};
    const Statistic share = [&](const Strata& drawn) {
      return performance_profile(drawn, one).front();
    };
    profile.share.push_back(share(upward));
    Interval band{std::numeric_limits<double>::quiet_NaN(),
                  std::numeric_limits<double>::quiet_NaN()};
    if (spread) {
      band =
          bootstrap_interval(upward, share, Seed(kProfileSeed),
                             {.method = BootstrapMethod::kPercentile, .resamples = replications});
    }
    profile.low.push_back(band.low);
    profile.high.push_back(band.high);
  }
  return profile;
}

std::vector<double> profile_thresholds(const std::vector<TaskRuns>& labels, std::size_t most) {
  std::set<double> scores;
  for (const TaskRuns& of_label : labels) {
    for (const auto& runs : of_label) scores.insert(runs.begin(), runs.end());
  }
  if (scores.size() <= most) return {scores.begin(), scores.end()};
  const double low = *scores.begin(), high = *scores.rbegin();
  std::vector<double> thresholds;
  thresholds.reserve(most);
  for (std::size_t i = 0; i < most; ++i) {
    thresholds.push_back(low +
                         (high - low) * static_cast<double>(i) / static_cast<double>(most - 1));
  }
  return thresholds;
}

}  // namespace rankwise::analysis
