/// How often each rank was chosen where each rank was the true one.
#pragma once

#include "analysis/runs/run_set.h"

#include <Eigen/Core>

#include <cstdint>
#include <optional>
#include <vector>

namespace rankwise::analysis {

struct RankConfusion {
  std::vector<std::int64_t> truth;  // [n] the true ranks that occur, rising
  /// [n, R] of the (site, task, seed) of that true rank, the share that chose each rank from 1, in
  /// the last evaluation; R: the largest chosen or true one.
  Eigen::MatrixXd share;
};

/// Nothing where no run of the group chose ranks whose true ones are known.
std::optional<RankConfusion> rank_confusion(const RunGroup& group);

}  // namespace rankwise::analysis
