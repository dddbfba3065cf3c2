/// Which floating types a run computes in.
#pragma once

#include "framework/train/options.h"

#include <torch/types.h>

namespace rankwise {

/// Of adapters, heads, their gradients and the optimizer; of routing scores and gate values.
torch::ScalarType trained_type(Precision precision);

/// Of what the backbone hands from layer to layer, and of its weights where they are frozen.
torch::ScalarType activation_type(Precision precision);

/// Lets fp32 products on a CUDA device round their factors to TF32, or not: for the whole process.
/// Throws Error where the precision is of CUDA devices alone and `device` is none.
void set_product_precision(Precision precision, const torch::Device& device);

}  // namespace rankwise
