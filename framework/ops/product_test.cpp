#include "framework/ops/product.h"

#include "framework/core/switches.h"
#include "framework/ops/rank_linear.h"

#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <torch/types.h>

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

TEST(Product, OfOtherTypesIsLibTorchsOwn) {
  const Tensor x = torch::randn({kRows, kIn}).to(torch::kBFloat16);
  const Tensor weight = torch::randn({kOut, kIn}).to(torch::kBFloat16);
  EXPECT_TRUE(product(x, weight).equal(at::linear(x, weight)));
}

TEST(Product, ARowHasTheSameBitsWhateverStandsAroundIt) {
  const Tensor x = torch::randn({kRows, kIn}), weight = torch::randn({kOut, kIn});
  const Tensor all = product(x, weight);
  for (const std::int64_t row : {0, 5, 36}) {
    EXPECT_TRUE(product(x.narrow(0, row, 1), weight).equal(all.narrow(0, row, 1))) << row;
  }
}

TEST(Product, HasTheSameBitsWithMoreThreads) {
  const Tensor x = torch::randn({kRows, kIn}), weight = torch::randn({kOut, kIn});
  const Tensor few = torch::randn({5, kIn});
  const Tensor wide = product(x, weight), narrow = product(x, few);
  const int before = at::get_num_threads();
  at::set_num_threads(3);
  const Tensor wide_by_three = product(x, weight), narrow_by_three = product(x, few);
  at::set_num_threads(before);
  EXPECT_TRUE(wide.equal(wide_by_three));
  EXPECT_TRUE(narrow.equal(narrow_by_three));
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
