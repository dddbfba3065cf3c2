/// How far the ranks that a task's tokens use differ from those of the other tasks, site by site.
#pragma once

#include "analysis/runs/run_set.h"

#include <Eigen/Core>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// Jensen-Shannon divergences in bits in the last evaluation; ranks are never compared across sites
/// or seeds, whose numbering is not the same. Dimensions: T tasks, L sites that choose.
struct UsageDivergence {
  std::vector<std::string> tasks, sites;
  Eigen::MatrixXd from_others;  // [T, L] of the task's ranks from the mean of the other tasks'
  /// [T, L] of two halves of the task's own examples where the runs recorded them, else what is
  /// expected of two halves were each choice made by itself.
  Eigen::MatrixXd halves;
  bool recorded = true;   // of every run's halves
  std::size_t seeds = 0;  // whose mean it is: a summary keeps the usage of the first ones

  /// [T, L] what from_others would be if all tasks used the ranks alike: matched_null() of halves.
  Eigen::MatrixXd null() const;
};

/// The attribute of a run in a summary that holds the halves' divergences, whose counts it leaves
/// out.
inline constexpr const char* kStoredHalves = "half_divergence";

/// [T] expected divergence of each task from the mean of the others, were all alike but for the
/// examples they were counted on. `halves`: [T] of the two halves of each task's examples. A
/// divergence of two samples grows with 1/n of each, whatever goes together in them: two halves of
/// n differ by 4/n, all n from a true mean by 1/n.
Eigen::VectorXd matched_null(const Eigen::VectorXd& halves);

/// Its mean over tasks, of the mean of `halves` over so many (two or more).
double matched_null(double halves, std::size_t tasks);

/// Divergence of the halves of each task's examples, by site; empty where the run did not count
/// them.
std::map<std::string, std::vector<double>> half_divergences(const RunFile& file);

/// Nothing where no site chooses, or there is one task.
std::optional<UsageDivergence> usage_divergence(const RunFile& file);

/// The mean over the runs of a label. Throws Error where they have different tasks or sites.
std::optional<UsageDivergence> usage_divergence(const RunGroup& group);

}  // namespace rankwise::analysis
