/// How alike tasks are by the ranks that they use or by their embeddings, against their families.
#pragma once

#include "analysis/runs/run_set.h"

#include <Eigen/Core>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

struct TaskSimilarity {
  std::vector<std::string> tasks;
  std::vector<std::string> families;  // [T] of the suite, or planted groups; empty: not known
  Eigen::MatrixXd value;              // [T, T] mean over sites and seeds
  std::vector<double> silhouettes;    // of the families, cosine; one per seed that has it
  std::size_t seeds = 0;              // that entered the mean
};

/// Bhattacharyya coefficients of the tasks' distributions over ranks in the last evaluation: 1
/// where they are equal, 0 where they share no rank. Nothing where no site chooses.
std::optional<TaskSimilarity> usage_similarity(const RunGroup& group);

/// Cosines of the tasks' embeddings after training. Nothing where there are none.
std::optional<TaskSimilarity> embedding_similarity(const RunGroup& group);

}  // namespace rankwise::analysis
