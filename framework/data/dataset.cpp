#include "framework/data/dataset.h"

#include <cmath>
#include <numeric>

namespace rankwise {

const char* to_string(SplitName name) {
  if (name == SplitName::kTrain) return "train";
  return name == SplitName::kDev ? "dev" : "test";
}

const Split& TaskData::split(SplitName name) const {
  if (name == SplitName::kTrain) return train;
  return name == SplitName::kDev ? dev : test;
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
