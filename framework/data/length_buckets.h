/// Sequences of a packed batch grouped by like length, so that attention pads almost nothing.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace rankwise {

/// `sequences` sequences seen as a [sequences, length] grid over the packed rows.
struct LengthBucket {
  std::int64_t sequences = 0;
  std::int64_t length = 0;
  torch::Tensor rows;    // [sequences * length] int64: packed row of each cell, 0 where padded
  torch::Tensor filled;  // [rows that exist] int64: their cells; undefined when nothing is padded
  torch::Tensor packed;  // [rows that exist] int64: their packed rows; undefined likewise
  torch::Tensor padded;  // [sequences, 1, 1, length] bool; undefined when nothing is padded
};

/// `starts` [S + 1]. A bucket's longest sequence exceeds its shortest by an eighth at most.
std::vector<LengthBucket> length_buckets(const std::vector<std::int64_t>& starts,
                                         const torch::Device& device);

/// The buckets of one batch, made when they are first asked for: the CPU's kernels need none.
class LazyBuckets {
 public:
  LazyBuckets() = default;
  LazyBuckets(std::vector<std::int64_t> starts, const torch::Device& device)
      : starts_(std::move(starts)), device_(device) {}

  const std::vector<LengthBucket>& get() const {
    if (buckets_.empty() && starts_.size() > 1) buckets_ = length_buckets(starts_, device_);
    return buckets_;
  }

 private:
  std::vector<std::int64_t> starts_;  // [S + 1]
  torch::Device device_ = torch::kCPU;
  mutable std::vector<LengthBucket> buckets_;
};

}  // namespace rankwise
