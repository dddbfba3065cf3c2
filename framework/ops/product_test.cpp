#include "framework/ops/product.h"

#include "framework/core/switches.h"
#include "framework/ops/bf16_product_kernel.h"
#include "framework/ops/product_kernel.h"
#include "framework/ops/rank_linear.h"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <torch/types.h>

#include <vector>

namespace rankwise {
namespace {

using torch::Tensor;

constexpr std::int64_t kRows = 37, kIn = 384, kOut = 256;  // large enough for either library

double largest_difference(const Tensor& a, const Tensor& b) {
  return ((a.to(torch::kFloat64) - b).abs().max() / b.abs().max()).item<double>();
}

TEST(Product, IsThatOfMatricesWithAndWithoutItsSwitch) {
  torch::manual_seed(0);
  const Tensor x = torch::randn({kRows, kIn}), weight = torch::randn({kOut, kIn});
  const Tensor bias = torch::randn({kOut});
  const Tensor exact = x.to(torch::kFloat64).mm(weight.t().to(torch::kFloat64));
  const auto check = [&] {
    EXPECT_LT(largest_difference(product(x, weight), exact), 1e-6);
    EXPECT_LT(largest_difference(product(x, weight.t().contiguous().t()), exact), 1e-6)
        << "with other strides";
    EXPECT_LT(largest_difference(product(x, weight, bias), exact + bias), 1e-6);
  };
  check();
  const Without unpacked("packed-products");
  check();
  const Without neither("onednn-products");
  check();
}

TEST(Product, OfNoRowsIsEmpty) {
  EXPECT_EQ(product(torch::zeros({0, kIn}), torch::zeros({kOut, kIn})).sizes(),
            torch::IntArrayRef({0, kOut}));
}

// One rounding, in units of the largest value. (LibTorch rounds each product of a sum.)
constexpr double kBf16Rounding = 1.0 / 256;
const double bf16_tolerance = (bf16_product_kernel() != nullptr ? 1 : 3) * kBf16Rounding;

Tensor in_bf16(const Tensor& tensor) { return tensor.to(torch::kBFloat16); }
Tensor in_fp64(const Tensor& tensor) { return tensor.to(torch::kFloat64); }

TEST(Product, InBf16IsOneRoundingOfExactSums) {
  torch::manual_seed(2);
  const Tensor x = in_bf16(torch::randn({kRows, kIn + 1})),
               weight = in_bf16(torch::randn({kOut + 5, kIn + 1})), bias = torch::randn({kOut + 5});
  const Tensor h = torch::randn({kRows, 7}), b = torch::randn({kOut + 5, 7});
  const Tensor exact =
      in_fp64(x).mm(in_fp64(weight).t()) + in_fp64(in_bf16(h)).mm(in_fp64(in_bf16(b)).t()) + bias;
  const Tensor y = product({x, weight}, {h, b}, bias);
  EXPECT_EQ(y.scalar_type(), torch::kBFloat16);
  EXPECT_LT(largest_difference(y, exact), bf16_tolerance);
  const Tensor transposed = weight.t().contiguous().t(), columns = b.t().contiguous().t();
  EXPECT_LT(largest_difference(product({x, transposed}, {h, columns}, bias), exact),
            bf16_tolerance);
  const Tensor strided = torch::stack({x, x}, 2).select(2, 1);  // no dimension side by side
  EXPECT_LT(largest_difference(product({strided, weight}, {h, b}, bias), exact), bf16_tolerance);
  const Without unpacked("packed-products");
  EXPECT_LT(largest_difference(product(x, weight), in_fp64(x).mm(in_fp64(weight).t())),
            kBf16Rounding);
}

TEST(Product, OfBf16AndFp32IsSummedInFp32) {
  torch::manual_seed(3);
  const Tensor x = in_bf16(torch::randn({kRows, kIn + 1})), a = torch::randn({7, kIn + 1});
  if (!mixes(x, a)) GTEST_SKIP() << "no AVX2";
  const Tensor bias = torch::randn({7}), z = product(x, a, bias);
  EXPECT_EQ(z.scalar_type(), torch::kFloat32);
  EXPECT_LT(largest_difference(z, in_fp64(x).mm(in_fp64(a).t()) + bias), 1e-6);
  for (const std::int64_t ranks : {1, 7, 48}) {
    const Tensor dz = torch::randn({kRows, ranks}), da = product(dz.t(), x.t());
    EXPECT_EQ(da.scalar_type(), torch::kFloat32);
    EXPECT_LT(largest_difference(da, in_fp64(dz).t().mm(in_fp64(x))), 1e-6) << ranks;
  }
  const Tensor turned = x.t().contiguous().t();
  EXPECT_TRUE(product(turned, a, bias).equal(z)) << "with other strides";
  const Without unpacked("packed-products");
  EXPECT_FALSE(mixes(x, a));
}

TEST(Product, OfBf16AndFp32OverManyRowsIsSummedInFp32) {
  torch::manual_seed(4);
  const Tensor x = in_bf16(torch::randn({3000, 71})), dz = torch::randn({3000, 5});
  if (!mixes(x, dz)) GTEST_SKIP() << "no AVX2";
  EXPECT_LT(largest_difference(product(dz.t(), x.t()), in_fp64(dz).t().mm(in_fp64(x))), 1e-5);
  const Tensor a = torch::randn({5, 71});
  EXPECT_LT(largest_difference(product(x, a), in_fp64(x).mm(in_fp64(a).t())), 1e-5);
}

TEST(Product, OfBf16AndNoRowsIsEmptyOrZero) {
  const Tensor x = torch::zeros({0, kIn}, torch::kBFloat16), a = torch::zeros({7, kIn});
  EXPECT_EQ(product(x, in_bf16(a)).sizes(), torch::IntArrayRef({0, 7}));
  if (!mixes(x, a)) GTEST_SKIP() << "no AVX2";
  EXPECT_EQ(product(x, a).sizes(), torch::IntArrayRef({0, 7}));
  EXPECT_TRUE(product(torch::zeros({7, 0}), x.t()).equal(torch::zeros({7, kIn})));
}

/// Left and right factors in each pair of types that a kernel multiplies.
std::vector<Factor> factors_of_types() {
  const Tensor x = torch::randn({kRows, kIn}), weight = torch::randn({kOut, kIn});
  std::vector<Factor> factors{{x, weight}};
  if (bf16_product_kernel() != nullptr) factors.push_back({in_bf16(x), in_bf16(weight)});
  if (!mixes(in_bf16(x), weight)) return factors;
  factors.push_back({in_bf16(x), weight});
  factors.push_back({x, in_bf16(weight)});
  return factors;
}

TEST(Product, ARowHasTheSameBitsWhateverStandsAroundIt) {
  if (product_kernels<float>().size() == 1) GTEST_SKIP() << "no AVX2";
  for (const Factor& factor : factors_of_types()) {
    const Tensor all = product(factor, Factor{});
    for (const std::int64_t row : {0, 5, 36}) {
      EXPECT_TRUE(product(factor.left.narrow(0, row, 1), factor.right).equal(all.narrow(0, row, 1)))
          << row << " " << factor.left.scalar_type() << " " << factor.right.scalar_type();
    }
  }
}

// As a gradient reads W: few rows take a way of their own then.
TEST(Product, SoItHasWhereTheColumnsLieSideBySide) {
  if (product_kernels<float>().size() == 1) GTEST_SKIP() << "no AVX2";
  const Tensor x = torch::randn({kRows, kIn}), weight = torch::randn({kIn, kOut}).t();
  const Tensor all = product(x, weight);
  for (const std::int64_t row : {0, 5, 36})
    EXPECT_TRUE(product(x.narrow(0, row, 1), weight).equal(all.narrow(0, row, 1))) << row;
}

TEST(Product, HasTheSameBitsWithMoreThreads) {
  for (const Factor& factor : factors_of_types()) {
    const Tensor few = factor.right.narrow(0, 0, 5);
    const Tensor wide = product(factor, Factor{}), narrow = product(factor.left, few);
    const int before = at::get_num_threads();
    at::set_num_threads(3);
    EXPECT_TRUE(product(factor, Factor{}).equal(wide));
    EXPECT_TRUE(product(factor.left, few).equal(narrow));
    at::set_num_threads(before);
  }
}

TEST(Product, OfTwoFactorsIsTheirSum) {
  const Tensor x = torch::randn({kRows, kIn}), weight = torch::randn({kOut, kIn});
  const Tensor h = torch::randn({kRows, 8}), b = torch::randn({kOut, 8}),
               bias = torch::randn({kOut});
  const Tensor expected =
      at::linear(x.to(torch::kFloat64), weight.to(torch::kFloat64), bias.to(torch::kFloat64)) +
      h.to(torch::kFloat64).mm(b.t().to(torch::kFloat64));
  EXPECT_LT(largest_difference(product({x, weight}, {h, b}, bias), expected), 1e-6);
  const Without without("packed-products");
  EXPECT_LT(largest_difference(product({x, weight}, {h, b}, bias), expected), 1e-6);
}

TEST(Product, IsTheSameInASecondCall) {
  const Tensor x = torch::randn({kRows, kIn}), weight = torch::randn({kOut, kIn});
  EXPECT_TRUE(product(x, weight).equal(product(x, weight)));
}

// Gradients of large linears in fp32 against autograd in fp64.
TEST(Product, GradientsOfFrozenLinearsAreThoseOfAutograd) {
  torch::manual_seed(1);
  const Tensor weight = torch::randn({kOut, kIn}, torch::kFloat64);
  const Tensor bias = torch::randn({kOut}, torch::kFloat64);
  const Tensor start = torch::randn({kRows, kIn}, torch::kFloat64);
  const Tensor h = torch::randn({kRows, 8}, torch::kFloat64);
  const Tensor b = torch::randn({kOut, 8}, torch::kFloat64);
  const Tensor dy = torch::randn({kRows, kOut}, torch::kFloat64);
  const auto leaf = [](const Tensor& t, torch::ScalarType type) {
    return t.to(type).clone().set_requires_grad(true);
  };
  const auto single = [](const Tensor& t) { return t.to(torch::kFloat32); };
  const Tensor x = leaf(start, torch::kFloat32), ranks = leaf(h, torch::kFloat32);
  const Tensor columns = leaf(b, torch::kFloat32);
  const FrozenLinear frozen{single(weight), single(bias)};
  (frozen(x) + up(x, ranks, columns, frozen)).backward(single(dy));
  const Tensor wide_x = leaf(start, torch::kFloat64), wide_h = leaf(h, torch::kFloat64);
  const Tensor wide_b = leaf(b, torch::kFloat64);
  (2 * at::linear(wide_x, weight, bias) + wide_h.mm(wide_b.t())).backward(dy);
  EXPECT_LT(largest_difference(x.grad(), wide_x.grad()), 1e-6);
  EXPECT_LT(largest_difference(ranks.grad(), wide_h.grad()), 1e-6);
  EXPECT_LT(largest_difference(columns.grad(), wide_b.grad()), 1e-6);
}

}  // namespace
}  // namespace rankwise
