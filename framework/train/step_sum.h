/// What the processes of a run found in their parts of a step, added up.
#pragma once

#include "framework/model/model.h"
#include "framework/train/collective.h"

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace rankwise {

/// Of one step. Before they are added: of this process's part.
struct StepTotals {
  torch::Tensor losses;  // [2] double: the task's, the auxiliary one
  std::int64_t rows = 0;
  bool stop = false;  // whether any process was asked to
};

/// Sends gradients, losses and the counts of chosen ranks in one flat buffer a step: [P] of each
/// parameter's gradient, whether it has one, losses, rows, stop, [T, R] of each gate's counts; in
/// the parameters' type. Nothing else of training depends on more than one process's rows.
class StepSum {
 public:
  StepSum(Collective& processes, const std::vector<torch::Tensor>& parameters, Adapter& adapter);

  /// Before the step's first forward.
  void begin();
  /// After its last backward: gradients and training counts are those of all processes.
  void add(StepTotals& totals);

 private:
  torch::Tensor flat(const StepTotals& totals) const;
  void unpack(const torch::Tensor& values, StepTotals& totals);

  Collective& processes_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> counts_, before_;  // [T, R] int64: handles, and as the step began
};

}  // namespace rankwise
