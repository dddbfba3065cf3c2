/// Random tensors from named streams, on any device; initial values that variants share.
#pragma once

#include "framework/core/seed.h"

#include <torch/types.h>

#include <cstdint>

namespace rankwise {

/// Uniform in [-bound, bound), drawn on the host so that every device starts alike.
torch::Tensor uniform_tensor(at::IntArrayRef sizes, double bound, const Seed& seed,
                             const torch::TensorOptions& options);

/// Normal with mean 0.
torch::Tensor normal_tensor(at::IntArrayRef sizes, double stddev, const Seed& seed,
                            const torch::TensorOptions& options);

/// Standard Gumbel, -log(-log u): what a Gumbel-softmax adds to its logits (Jang et al., 2017).
torch::Tensor gumbel_tensor(at::IntArrayRef sizes, const Seed& seed,
                            const torch::TensorOptions& options);

/// Kaiming-uniform with a = sqrt(5), what a linear layer and LoRA's A start with:
/// uniform in ±1/sqrt(fan_in). sizes [out, fan_in].
torch::Tensor linear_init(std::int64_t out, std::int64_t fan_in, const Seed& seed,
                          const torch::TensorOptions& options);

/// Zero with probability `rate`, else 1 / (1 - rate); shape and device of `like`.
torch::Tensor dropout_mask(const torch::Tensor& like, double rate, const Seed& seed);

}  // namespace rankwise
