/// What the norms of norms.h have in common beside their kernels.
#pragma once

#include "framework/ops/device/kernels.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace rankwise {

/// What one norm is given. `y` and `bias` are undefined where it has none.
struct NormInputs {
  at::Tensor x, y, weight, bias;
  double epsilon;

  std::int64_t width() const { return x.size(-1); }
  std::int64_t rows() const { return x.numel() / width(); }

  /// Throws Error where widths or shapes do not fit.
  void check_shapes() const;
  bool has_kernel() const;
  bool wants_gradient() const;

  /// As kernels read them: weights are converted once, not once a row.
  NormInputs for_kernel() const;
  /// The same for those of a device, which also take weights of the rows' type; but for outputs.
  device::Norm on_device() const;
  /// [rows] for what a backward needs of each row; undefined where nothing is kept.
  at::Tensor kept_of_rows(bool keeps) const;
};

}  // namespace rankwise
