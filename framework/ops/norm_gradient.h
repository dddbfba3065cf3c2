/// The backward of both norms of norms.h, whose forwards keep the same of each row.
///
/// Dimensions: N rows of width d.
#pragma once

#include <ATen/core/Tensor.h>

namespace rankwise {

/// With g = d_out * weight and n the normalised row:
///     layer norm  d_x = scale (g - mean(g) - n mean(g n))
///     RMSNorm     d_x = scale (g - n mean(g n))
struct NormGradient {
  at::Tensor rows;    // [N, d] n of layer norm; of RMSNorm n / scale, which is what it was given
  at::Tensor scale;   // [N]
  at::Tensor weight;  // [d]
  at::Tensor d_out;   // [N, d]
  at::Tensor d_sum = {};  // [N, d] another gradient of x, which is added; undefined: none

  at::Tensor of_layer_norm() const;  // [N, d]
  at::Tensor of_rms_norm() const;
};

}  // namespace rankwise
