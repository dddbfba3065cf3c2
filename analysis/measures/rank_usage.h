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
  Eigen::MatrixXd mass;    // [T, R] sum of the gate's values over those tokens
  Eigen::MatrixXd tokens;  // [T, R] dev tokens of the task at the sites that have the rank
  Eigen::VectorXd chosen;  // [T] mean chosen number of ranks; empty where nothing is chosen by task

  /// [T, R] share of a task's dev tokens that used a rank, from 0 to 1.
  Eigen::MatrixXd share() const;
  /// [T, R] mean of the gate's values over the task's dev tokens that used a rank; NaN where none
  /// did.
  Eigen::MatrixXd gate() const;
};

struct GroupUsage {
  std::vector<std::string> tasks;
  std::vector<RankUsage> sites;  // over the seeds, in the layout's order
  /// Whether rank i is the same thing at every site and in every seed. Where it is not (tokens
  /// choose among ranks that nothing tells apart), the ranks of each site and seed stand from the
  /// one that most dev tokens used to the one that fewest did: sums over sites and seeds are of
  /// places in that order, never of unrelated ranks.
  bool ordered = true;
  std::size_t seeds = 0;  // whose usage is recorded: a summary keeps that of the first ones
  /// Whether a file of an early program has a site where a task uses no rank: how many tokens came
  /// by is not known there, and the site is not in the task's shares.
  bool has_gaps = false;
};

/// Usage of every site that has ranks, over all runs of the group. Nothing when none is recorded.
/// Throws UnknownTokens, and Error when the runs have different tasks.
std::optional<GroupUsage> read_usage(const RunGroup& group);

/// What a figure of such shares says of them.
inline constexpr const char* kGapsNote = "; without sites where a task uses no rank";

/// The axis of ranks that have no common order (GroupUsage::ordered).
inline constexpr const char* kByLoad = "rank by load";

/// Whether some gate is neither 0 nor 1, so that shares do not say all of it.
bool has_soft_gates(const GroupUsage& usage);

/// All sites as one: a rank's uses over the tokens that came by where there is such a rank.
RankUsage sum_over_sites(const GroupUsage& usage);

}  // namespace rankwise::analysis
