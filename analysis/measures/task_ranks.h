/// The ranks that tasks chose over training, over the seeds of a label.
#pragma once

#include "analysis/runs/run_set.h"

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rankwise::analysis {

struct TaskRanks {
  std::vector<std::string> tasks;
  /// By step of evaluation, a vector a seed: each task's chosen rank, a mean over sites [T].
  std::map<std::int64_t, std::vector<Eigen::VectorXd>> chosen;
  std::vector<Eigen::VectorXd> truth;  // a vector a seed [T]; empty where it is not known
};

/// Nothing where no run of the group chose ranks. Throws Error when the runs have different tasks.
std::optional<TaskRanks> read_task_ranks(const RunGroup& group);

/// What a label's selector did over training, at sites that have one, over sites and seeds.
struct Selection {
  std::vector<std::string> tasks;
  std::vector<std::int64_t> steps;           // [E] of the first run
  std::vector<Eigen::MatrixXd> probability;  // [T][E, R] mean
  Eigen::MatrixXd chosen;                    // [E, T] mean rank
  std::size_t seeds = 0;  // with probabilities: a summary keeps those of the first ones
};

/// Nothing where no run of the group has a selector. Throws Error when the runs have different
/// tasks or evaluations.
std::optional<Selection> read_selection(const RunGroup& group);

/// The same in the last evaluation alone, layer by layer.
struct LayerSelection {
  std::vector<std::string> tasks, layers;
  std::vector<Eigen::MatrixXd> probability;  // [T][layers, R] mean over the layer's sites and seeds
  Eigen::MatrixXd chosen;                    // [layers, T] mean rank
  std::size_t seeds = 0;
};
std::optional<LayerSelection> read_layer_selection(const RunGroup& group);

}  // namespace rankwise::analysis
