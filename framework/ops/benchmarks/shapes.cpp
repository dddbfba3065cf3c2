#include "framework/ops/benchmarks/shapes.h"

#include <numeric>

namespace rankwise {

namespace {

// 32 lengths from `shortest` up, `step` apart.
std::vector<std::int64_t> lengths(std::int64_t shortest, std::int64_t step) {
  std::vector<std::int64_t> all;
  for (std::int64_t i = 0; i < 32; ++i) all.push_back(shortest + i * step);
  return all;
}

}  // namespace

std::int64_t BatchShape::rows() const {
  return std::accumulate(lengths.begin(), lengths.end(), std::int64_t{0});
}

double BatchShape::scores() const {
  double sum = 0;
  for (const std::int64_t length : lengths) sum += static_cast<double>(length * length);
  return causal ? sum / 2 : sum;
}

const std::vector<BatchShape>& batch_shapes() {
  static const std::vector<BatchShape> shapes{
      {"minilm-short", lengths(9, 1), 384, 1536, 12, 12, false, 0},
      {"minilm-long", lengths(67, 4), 384, 1536, 12, 12, false, 0},
      {"smollm2", {512, 512, 512, 512}, 576, 1536, 9, 3, true, 49152}};
  return shapes;
}

}  // namespace rankwise
