/// What one site's update computes for rows of one task.
///
/// Dimensions: n rows, T tasks, R ranks.
#pragma once

#include "framework/adapter/adapter.h"

#include <cstdint>
#include <optional>

namespace rankwise {

/// Which task of how many.
struct TaskOf {
  std::int64_t task = 0, tasks = 1;
};

/// x [n, in] -> [n, out], in evaluation. Nothing is counted.
torch::Tensor pass_through(const Adapter::Attached& attached, const torch::Tensor& x,
                           const FrozenLinear& frozen, const TaskOf& which);

/// Random rows [n, in] of a site's input.
torch::Tensor probe_rows(const Adapter::Attached& attached, std::int64_t rows,
                         const torch::TensorOptions& options);

/// The ranks' weights of each task [T, R], zero where not chosen; nothing where the update has no
/// gate. Throws Error where each row chooses for itself.
std::optional<torch::Tensor> task_weights(const Adapter::Attached& attached, std::int64_t tasks);

/// Throws Error unless |found - expected| is at most `tolerance` of the largest |expected|; `fault`
/// is the message.
void check_alike(const torch::Tensor& found, const torch::Tensor& expected, double tolerance,
                 const std::string& fault);

}  // namespace rankwise
