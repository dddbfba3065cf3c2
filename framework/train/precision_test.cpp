#include "framework/train/precision.h"

#include "framework/core/error.h"

#include <ATen/Context.h>
#include <gtest/gtest.h>

namespace rankwise {
namespace {

TEST(Precision, NamesTheTypesOfARun) {
  EXPECT_EQ(trained_type(Precision::kBf16), torch::kFloat32);
  EXPECT_EQ(activation_type(Precision::kBf16), torch::kBFloat16);
  for (const Precision precision : {Precision::kFp32, Precision::kTf32}) {
    EXPECT_EQ(trained_type(precision), torch::kFloat32);
    EXPECT_EQ(activation_type(precision), torch::kFloat32);
  }
  EXPECT_EQ(activation_type(Precision::kFp64), torch::kFloat64);
}

TEST(Precision, Tf32IsOfCudaDevicesAloneAndEndsWithItsRun) {
  set_product_precision(Precision::kTf32, torch::Device(torch::kCUDA, 0));
  EXPECT_TRUE(at::globalContext().allowTF32CuBLAS());
  set_product_precision(Precision::kBf16, torch::kCPU);
  EXPECT_FALSE(at::globalContext().allowTF32CuBLAS());
  try {
    set_product_precision(Precision::kTf32, torch::kCPU);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "train.precision: tf32 is how CUDA devices multiply, and this run is on the cpu; "
                 "use fp32 or bf16");
  }
}

}  // namespace
}  // namespace rankwise
