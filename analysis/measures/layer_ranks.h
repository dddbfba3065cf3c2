/// How each task's ranks are distributed in each layer.
#pragma once

#include "analysis/runs/run_set.h"

#include <Eigen/Core>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

struct LayerRanks {
  std::vector<std::string> tasks, layers;
  bool chosen = false;    // one rank per task is chosen; else tokens use ranks
  bool has_gaps = false;  // GroupUsage::has_gaps, of shares of tokens
  bool ordered = true;    // GroupUsage::ordered
  /// [T][layers, R] in the last evaluation. Chosen: share of the layer's sites and of the seeds
  /// that chose the rank. Used: share of the task's dev tokens that used it, NaN in a layer
  /// without such a rank.
  std::vector<Eigen::MatrixXd> share;
  std::size_t seeds = 0;  // that entered it
};

/// Nothing where no site of the group's runs chooses. Throws UnknownTokens (rank_usage.h), and
/// Error when the runs have different tasks.
std::optional<LayerRanks> layer_ranks(const RunGroup& group);

}  // namespace rankwise::analysis
