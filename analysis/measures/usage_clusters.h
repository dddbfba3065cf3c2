/// Whether tasks of one group use the same ranks, and how evenly ranks are used.
#pragma once

#include "framework/record/run_reader.h"

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace rankwise::analysis {

/// Counts of all sites that have ranks, at one evaluation.
struct UsageCounts {
  std::vector<Eigen::MatrixXd> sites;  // each [T, R]
};

/// Evaluation `evaluation` of a run; no sites where nothing rank-wise is recorded.
UsageCounts read_counts(const RunFile& file, std::size_t evaluation);

/// [T, sum of R] one row per task: the square root of its distribution over ranks (so that
/// Euclidean distance is Hellinger's up to a factor), site after site; zeros where nothing was
/// counted.
Eigen::MatrixXd usage_profiles(const UsageCounts& counts);

/// How usage profiles follow a known grouping of the tasks.
struct GroupAgreement {
  double k_means = 0;       // adjusted Rand index of k-means into as many clusters as groups
  double hierarchical = 0;  // the same of average linkage
  double silhouette = 0;    // mean silhouette of the groups themselves, Euclidean
};

/// Nothing where there are fewer than two groups, a group for each task, or where all tasks use
/// their ranks alike, so that there is nothing to cluster. `group` is [T]; empty: not known.
std::optional<GroupAgreement> group_agreement(const Eigen::MatrixXd& profiles,
                                              const std::vector<std::int64_t>& group);

struct RankLoad {
  double max_over_mean = 0;  // of a rank's counts over all tasks, averaged over sites
  double dead_ranks = 0;     // that no dev token used, over all sites
};

/// Nothing where nothing was counted.
std::optional<RankLoad> rank_load(const UsageCounts& counts);

}  // namespace rankwise::analysis
