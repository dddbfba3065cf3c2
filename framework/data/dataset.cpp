#include "framework/data/dataset.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rankwise {

const char* to_string(SplitName name) {
  if (name == SplitName::kTrain) return "train";
  return name == SplitName::kDev ? "dev" : "test";
}

std::int64_t Split::longest_sequence() const {
  std::int64_t longest = 0;
  for (std::int64_t s = 0; s < sequences(); ++s) {
    longest = std::max(longest, starts[s + 1] - starts[s]);
  }
  return longest;
}

const Split& TaskData::split(SplitName name) const {
  if (name == SplitName::kTrain) return train;
  return name == SplitName::kDev ? dev : test;
}

std::int64_t Dataset::rows(SplitName name) const {
  std::int64_t sum = 0;
  for (const TaskData& data : tasks) sum += data.split(name).rows();
  return sum;
}

void standardise_targets(TaskData& data) {
  if (data.task.kind != TaskKind::kRegress || data.train.target.empty()) return;
  const auto& target = data.train.target;
  const auto n = static_cast<double>(target.size());
  const double mean = std::accumulate(target.begin(), target.end(), 0.0) / n;
  double square = 0;
  for (const double value : target) square += (value - mean) * (value - mean);
  data.task.target_mean = mean;
  data.task.target_deviation = square > 0 ? std::sqrt(square / n) : 1;
}

}  // namespace rankwise
