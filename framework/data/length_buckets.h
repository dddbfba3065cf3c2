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

/// `starts` [S + 1], the first row of each sequence and the end. A bucket's longest sequence
/// exceeds its shortest by an eighth at most.
std::vector<LengthBucket> length_buckets(const std::vector<std::int64_t>& starts,
                                         const torch::Device& device);

/// The buckets of one batch, made when they are first asked for: the CPU's attention never does,
/// and where it is another device's, all layers share them. Not for several threads at once.
class LengthBuckets {
 public:
  LengthBuckets() = default;
  LengthBuckets(std::vector<std::int64_t> starts, const torch::Device& device)
      : starts_(std::move(starts)), device_(device) {}

  const std::vector<LengthBucket>& get() const;

 private:
  std::vector<std::int64_t> starts_{0};
  torch::Device device_ = torch::kCPU;
  mutable std::vector<LengthBucket> made_;
};

}  // namespace rankwise
