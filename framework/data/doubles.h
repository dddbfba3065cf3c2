/// Double precision on the CPU: what planted data, merging and tests compute in.
#pragma once

#include <torch/types.h>

#include <vector>

namespace rankwise {

inline const torch::TensorOptions kDouble = torch::TensorOptions().dtype(torch::kFloat64);

/// The values in row-major order, from any device and type.
inline std::vector<double> doubles(const torch::Tensor& tensor) {
  const torch::Tensor values = tensor.to(torch::kCPU, torch::kFloat64).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

}  // namespace rankwise
