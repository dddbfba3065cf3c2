/// A linear with its update as one matrix and bias.
#pragma once

#include "framework/exchange/site_probe.h"

namespace rankwise {

struct EffectiveLinear {
  torch::Tensor weight;  // [out, in]
  torch::Tensor bias;    // [out]; undefined where the linear has none
};

/// What the update makes of the unit vectors. Throws Error where it is no such matrix: where tokens
/// choose their ranks, or outputs are not linear in the input.
EffectiveLinear effective_linear(const Adapter::Attached& attached, const FrozenLinear& frozen,
                                 const TaskOf& which);

}  // namespace rankwise
