/// Rotary position embeddings (Su et al., 2021), with the halves of a head as the pairs: the order
/// of LLaMA's checkpoints in the Hugging Face format.
///
/// Dimensions: N rows, H heads of even width d.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

namespace rankwise {

/// LLaMA 3's way to longer texts: wavelengths beyond original / low are `factor` times as long,
/// those below original / high stay, and between them the change is smooth.
struct Llama3Scaling {
  double factor = 8, low = 1, high = 4;
  std::int64_t original = 8192;  // longest text before
};

/// [d / 2] angles per position, in double: base^(-2i/d), scaled where asked for.
at::Tensor rotary_frequencies(std::int64_t head_width, double base,
                              const std::optional<Llama3Scaling>& scaling);

/// Cosines and sines of one batch's positions, [N, 1, d / 2] each.
struct RotaryTable {
  at::Tensor cosine, sine;
};

/// Computed in double, given in the type of `options`. positions [N] int64.
RotaryTable rotary_table(const at::Tensor& positions, const at::Tensor& frequencies,
                         const at::TensorOptions& options);

/// x [N, H * d] -> [N, H * d]: each pair (x_i, x_{i + d/2}) turned by its angle. Differentiable
/// once; its backward is the turn back. One pass, in the table's type; LibTorch's where
/// a device has no kernels. Throws Error where the table does not fit.
at::Tensor rotate(const at::Tensor& x, const RotaryTable& table);

}  // namespace rankwise
