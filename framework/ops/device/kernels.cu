// All kernels of one machine in a table.
#include "framework/ops/device/functions.h"

namespace rankwise::RANKWISE_MACHINE {

namespace {

struct Nothing {
  static constexpr int kMostThreads = kWarp;
  RANKWISE_DEVICE void operator()(const Threads& /*at*/) const {}
};

}  // namespace

const device::Kernels& kernels() {
  static const device::Kernels all{.usable = can_run<Nothing>,
                                   .layer_norm = layer_norm,
                                   .rms_norm = rms_norm,
                                   .layer_norm_gradient = layer_norm_gradient,
                                   .rms_norm_gradient = rms_norm_gradient,
                                   .gated_unit = gated_unit,
                                   .gated_unit_gradient = gated_unit_gradient,
                                   .gelu = gelu,
                                   .gelu_gradient = gelu_gradient,
                                   .rotate = rotate,
                                   .top_k = top_k,
                                   .rank_gate = rank_gate,
                                   .rank_gate_gradient = rank_gate_gradient,
                                   .tally = tally};
  return all;
}

}  // namespace rankwise::RANKWISE_MACHINE
