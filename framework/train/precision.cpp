#include "framework/train/precision.h"

#include "framework/core/error.h"

#include <ATen/Context.h>

namespace rankwise {

torch::ScalarType trained_type(Precision precision) {
  return precision == Precision::kFp64 ? torch::kFloat64 : torch::kFloat32;
}

torch::ScalarType activation_type(Precision precision) {
  return precision == Precision::kBf16 ? torch::kBFloat16 : trained_type(precision);
}

void set_product_precision(Precision precision, const torch::Device& device) {
  const bool tf32 = precision == Precision::kTf32;
  check(!tf32 || device.is_cuda(),
        "train.precision: tf32 is how CUDA devices multiply, and this run is on the {}; use fp32 "
        "or bf16",
        device.str());
  at::globalContext().setAllowTF32CuBLAS(tf32);
}

}  // namespace rankwise
