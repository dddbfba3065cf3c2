/// How often each task used each rank, from the exact counts of a run's final evaluation.
#pragma once

#include "analysis/runs/run_set.h"

#include <Eigen/Core>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

/// Counts of one site, or of several together.
struct RankUsage {
  std::string site;
  Eigen::MatrixXd count;   // [T, R] dev tokens of the task that used the rank
  Eigen::VectorXd tokens;  // [T] dev tokens of the task
  Eigen::VectorXd chosen;  // [T] mean chosen number of ranks; empty where nothing is chosen by task

  /// [T, R] share of a task's dev tokens that used a rank, from 0 to 1.
  Eigen::MatrixXd share() const;
};

struct GroupUsage {
  std::vector<std::string> tasks;
  std::vector<RankUsage> sites;  // over the seeds, in the layout's order
  std::size_t seeds = 0;         // whose usage is recorded: a summary keeps that of the first ones
};

/// Usage of every site that has ranks, over all runs of the group. Nothing when none is recorded.
/// Throws UnknownTokens, and Error when the runs have different tasks.
std::optional<GroupUsage> read_usage(const RunGroup& group);

/// All sites as one: a rank's uses at every site over the tokens that came by.
RankUsage sum_over_sites(const GroupUsage& usage);

}  // namespace rankwise::analysis
