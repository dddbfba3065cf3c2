/// A packed batch: sequences of any task, end to end, no padding.
///
/// Dimensions as in dataset.h; T tasks of the suite.
#pragma once

#include "framework/data/dataset.h"
#include "framework/data/length_buckets.h"

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace rankwise {

/// One example of a split: `index` counts its groups.
struct Example {
  std::int32_t task = 0;
  std::int64_t index = 0;
};

/// Tensors live on the batch's device; vectors on the host.
struct Batch {
  torch::Tensor tokens;                  // [N] int64; undefined for features
  torch::Tensor segments;                // [N] int64; undefined for features
  torch::Tensor positions;               // [N] int64, from the start of the row's sequence
  torch::Tensor features;                // [N, d]; undefined for tokens
  torch::Tensor first_rows;              // [S] int64
  torch::Tensor lengths;                 // [S] int64
  torch::Tensor sequence_task;           // [S] int64
  torch::Tensor row_task;                // [N] int64
  torch::Tensor task_rows;               // [T] int64: rows of each task
  torch::Tensor target;                  // [G, W] in the batch's floating type
  torch::Tensor target_index;            // [G] int64: class or candidate; zero for real targets
  std::vector<std::int64_t> groups;      // [G + 1]
  std::vector<std::int64_t> group_task;  // [G]
  LazyBuckets buckets;                   // sequences of like length, for attention
  std::int64_t tasks = 0;                // T

  std::int64_t rows() const { return positions.size(0); }
  std::int64_t sequences() const { return first_rows.size(0); }
  std::int64_t examples() const { return static_cast<std::int64_t>(group_task.size()); }
};

/// Packs `examples` of one split in their order.
Batch pack(const Dataset& dataset, SplitName split, const std::vector<Example>& examples,
           const torch::TensorOptions& options);

/// A sequence of one row for each entry of `tasks`, its one feature zero: for updates whose input
/// comes from elsewhere.
Batch rows_of_tasks(const std::vector<std::int32_t>& tasks, std::int64_t task_count,
                    const torch::TensorOptions& options);

}  // namespace rankwise
