/// What a task's updates come to where they are low-rank pairs: one LoRA a task.
#pragma once

#include "framework/model/model.h"

#include <cstdint>
#include <string>
#include <vector>

namespace rankwise {

/// W + alpha / r · B A with the task's own r ranks.
struct TaskPair {
  std::string site;
  torch::Tensor a;  // [r, in]
  torch::Tensor b;  // [out, r]
  double alpha = 0;
};

/// Of each site with a rank that is on for the task. Throws Error where tokens choose their ranks,
/// or where an update computes anything else than such a pair.
std::vector<TaskPair> task_pairs(Model& model, std::int64_t task, std::int64_t tasks);

/// Whether the updates compute the same for every task. Throws Error where tokens choose their
/// ranks.
bool tasks_are_alike(Model& model, std::int64_t tasks);

}  // namespace rankwise
