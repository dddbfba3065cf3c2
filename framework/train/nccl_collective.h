/// Processes with a GPU each, whose sums go from GPU to GPU. Built where own CUDA kernels are.
#pragma once

#include "framework/train/collective.h"

#include <memory>

namespace rankwise {

/// Processes that `host` has brought together: what lies on a GPU is added by NCCL, all else by
/// `host`. NCCL adds in an order of its own, the same in every call among the same devices. The
/// device is the current one. Throws Error where NCCL can not connect.
std::unique_ptr<Collective> nccl_collective(std::unique_ptr<Collective> host);

}  // namespace rankwise
