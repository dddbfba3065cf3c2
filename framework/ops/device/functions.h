/// The launchers of kernels.h, on the machine that this is compiled for.
#pragma once

#include "framework/ops/device/kernels.h"

#include "machine.h"

namespace rankwise::RANKWISE_MACHINE {

void layer_norm(const device::Norm& given, device::Stream stream);
void rms_norm(const device::Norm& given, device::Stream stream);
void layer_norm_gradient(const device::NormGradient& given, device::Stream stream);
void rms_norm_gradient(const device::NormGradient& given, device::Stream stream);
void gated_unit(const device::GatedUnit& given, device::Stream stream);
void gated_unit_gradient(const device::GatedUnitGradient& given, device::Stream stream);
void gelu(const device::Gelu& given, device::Stream stream);
void gelu_gradient(const device::GeluGradient& given, device::Stream stream);
void rotate(const device::Rotation& given, device::Stream stream);
void top_k(const device::TopK& given, device::Stream stream);
void rank_gate(const device::RankGate& given, device::Stream stream);
void rank_gate_gradient(const device::RankGateGradient& given, device::Stream stream);
void tally(const device::Tally& given, device::Stream stream);

}  // namespace rankwise::RANKWISE_MACHINE
