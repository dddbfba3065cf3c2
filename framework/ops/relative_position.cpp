#include "framework/ops/relative_position.h"

#include <torch/types.h>

#include <cmath>

namespace rankwise {

at::Tensor relative_buckets(std::int64_t rows, const RelativeBuckets& buckets) {
  const torch::Tensor position = torch::arange(1 - rows, rows, torch::kInt64);
  const std::int64_t count = buckets.bidirectional ? buckets.count / 2 : buckets.count;
  const torch::Tensor distance =
      buckets.bidirectional ? position.abs() : position.clamp_max(0).neg();
  const std::int64_t single = count / 2;  // buckets of one distance each
  const double octaves =
      std::log(static_cast<double>(buckets.max_distance) / static_cast<double>(single));
  const torch::Tensor grown =
      at::log(distance.clamp_min(1).to(torch::kFloat32) / single) / octaves * (count - single);
  const torch::Tensor shared = (grown.to(torch::kInt64) + single).clamp_max(count - 1);
  const torch::Tensor bucket = at::where(distance < single, distance, shared);
  return buckets.bidirectional ? bucket + (position > 0) * count : bucket;
}

}  // namespace rankwise
