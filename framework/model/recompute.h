/// Gradient checkpointing (Chen et al., 2016): a block keeps its inputs alone, and runs again when
/// its gradients are asked for.
#pragma once

#include "framework/adapter/pass.h"

#include <torch/csrc/autograd/variable.h>
#include <torch/nn/module.h>

#include <functional>

namespace rankwise {

/// What a block computes. It holds what it needs by value, or by references that outlive the
/// backward of `pass.batch`; every tensor with a gradient is among its inputs.
using BlockForward =
    std::function<torch::Tensor(const torch::autograd::variable_list& inputs, const Pass& pass)>;

/// forward(inputs, pass). In a training pass with `recompute`, what lies between is not kept, and
/// `forward` runs a second time in backward with the same noise: no usage is counted then, and
/// buffers of gates (balance biases) are for that time what they were. Terms of the updates below
/// `block` take part as if it had run once. Differentiable once.
torch::Tensor run_block(const torch::nn::Module& block,
                        const torch::autograd::variable_list& inputs, const Pass& pass,
                        const BlockForward& forward);

}  // namespace rankwise
