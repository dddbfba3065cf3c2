/// How often the rows of each task chose each rank, by a kernel of their device.
///
/// Dimensions: N rows, T tasks, R ranks, k chosen a row.
#pragma once

#include <ATen/core/Tensor.h>

namespace rankwise {

/// What is counted: chosen [N, k] int64, distinct in a row; weight [N, k], undefined: counts alone;
/// row_task [N] int64, undefined: all rows are of one task.
struct RankTally {
  at::Tensor chosen, weight = {}, row_task = {};
};

/// Adds counts to `count` [T, R] int64, and to `mass` [T, R] double the sums of weights, in an
/// order that rows alone decide. False, and nothing was added, where the device has no kernels.
bool tallied_on_device(const RankTally& tally, const at::Tensor& count,
                       const at::Tensor& mass = {});

}  // namespace rankwise
