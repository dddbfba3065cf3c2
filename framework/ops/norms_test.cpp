#include "framework/ops/norms.h"

#include "framework/core/switches.h"
#include "framework/io/test_files.h"
#include "framework/ops/test_rows.h"

#include <limits>

namespace rankwise {
namespace {

using torch::Tensor;

// Values of up to 4 standard deviations times weights of up to 3, rounded to 8 bits; in the
// backward the normalised rows are rounded as well.
constexpr double kNormBf16 = 0.03;
constexpr double kEpsilon = 1e-5;

// In fp32 whatever the rows are, with values that every type has.
Tensor norm_weight(const Tensor& x, const char* name) {
  return normal_rows({x.size(-1)}, name).to(torch::kBFloat16).to(torch::kFloat32);
}

struct NormCase {
  std::string name;
  RowOp ours, plain;
  std::size_t inputs;
};

void PrintTo(const NormCase& norm, std::ostream* to) { *to << norm.name; }

Tensor plain_layer_norm(const Tensor& x) {
  const torch::ScalarType type = x.scalar_type();
  return at::layer_norm(x, {x.size(-1)}, norm_weight(x, "weight").to(type),
                        norm_weight(x, "bias").to(type), kEpsilon);
}
Tensor plain_root_norm(const Tensor& x) {
  const Tensor mean = (x * x).mean(-1, /*keepdim=*/true);
  return x * (mean + kEpsilon).rsqrt() * norm_weight(x, "weight").to(x.scalar_type());
}

const std::vector<NormCase> kNorms{
    {"layer_norm",
     [](const RowTensors& t) {
       return RowTensors{
           layer_norm(t[0], norm_weight(t[0], "weight"), norm_weight(t[0], "bias"), kEpsilon)};
     },
     [](const RowTensors& t) { return RowTensors{plain_layer_norm(t[0])}; }, 1},
    {"add_layer_norm",
     [](const RowTensors& t) {
       return RowTensors{add_layer_norm(t[0], t[1], norm_weight(t[0], "weight"),
                                        norm_weight(t[0], "bias"), kEpsilon)};
     },
     [](const RowTensors& t) { return RowTensors{plain_layer_norm(t[0] + t[1])}; }, 2},
    {"rms_norm",
     [](const RowTensors& t) {
       return RowTensors{rms_norm(t[0], norm_weight(t[0], "weight"), kEpsilon)};
     },
     [](const RowTensors& t) { return RowTensors{plain_root_norm(t[0])}; }, 1},
    {"add_rms_norm",
     [](const RowTensors& t) {
       const SumAndNorm both = add_rms_norm(t[0], t[1], norm_weight(t[0], "weight"), kEpsilon);
       return RowTensors{both.sum, both.normed};
     },
     [](const RowTensors& t) {
       const Tensor sum = t[0] + t[1];
       return RowTensors{sum, plain_root_norm(sum)};
     },
     2}};

RowTensors norm_rows(const NormCase& norm, at::IntArrayRef sizes) {
  RowTensors inputs{normal_rows(sizes, "x") + 0.5};
  if (norm.inputs == 2) inputs.push_back(2 * normal_rows(sizes, "y"));
  return inputs;
}

class Norms : public ::testing::TestWithParam<NormCase> {};
INSTANTIATE_TEST_SUITE_P(Ops, Norms, ::testing::ValuesIn(kNorms),
                         [](const auto& test) { return test.param.name; });

TEST_P(Norms, AreThoseOfPlainCodeWithTheirGradients) {
  for (const std::int64_t width : {1, 7, 33, 384, 1000}) {
    expect_like_plain(GetParam().ours, GetParam().plain, norm_rows(GetParam(), {5, width}),
                      kNormBf16);
  }
  expect_like_plain(GetParam().ours, GetParam().plain, norm_rows(GetParam(), {0, 7}), kNormBf16);
}

TEST_P(Norms, TakeRowsThatAreNotContiguous) {
  const auto transposed = [](const RowOp& op) {
    return [op](RowTensors t) {
      for (Tensor& input : t) input = input.t();
      return op(t);
    };
  };
  expect_like_plain(transposed(GetParam().ours), transposed(GetParam().plain),
                    norm_rows(GetParam(), {33, 7}), kNormBf16);
}

TEST_P(Norms, PassNanAndInfinitiesOnInTheirRowsAlone) {
  RowTensors inputs = norm_rows(GetParam(), {4, 7});
  inputs[0][1][2] = std::numeric_limits<double>::quiet_NaN();
  inputs[0][2][3] = std::numeric_limits<double>::infinity();
  expect_like_plain_beyond_numbers(GetParam().ours, GetParam().plain, inputs);
}

TEST_P(Norms, AreTheSameByAnyWay) {
  expect_same_bits_by_any_way(GetParam().ours,
                              as_type(norm_rows(GetParam(), {301, 384}), torch::kFloat32));
}

TEST_P(Norms, AreTheSameWithoutTheirSwitch) {
  const Without without("fused-norms");
  expect_like_plain(GetParam().ours, GetParam().plain, norm_rows(GetParam(), {5, 33}), kNormBf16);
}

TEST(NormsOfTrainedWeights, GiveTheseTheirGradients) {
  const Tensor x = normal_rows({5, 7}, "x"), y = normal_rows({5, 7}, "y");
  const Tensor weight = normal_rows({7}, "weight").requires_grad_();
  const Tensor bias = normal_rows({7}, "bias").requires_grad_();
  add_layer_norm(x, y, weight, bias, kEpsilon).sum().backward();
  EXPECT_TRUE(torch::allclose(bias.grad(), torch::full({7}, 5, kDouble)));
  EXPECT_TRUE(torch::allclose(weight.grad(), at::layer_norm(x + y, {7}, {}, {}, kEpsilon).sum(0),
                              1e-10, 1e-10));
  const Tensor root_weight = normal_rows({7}, "weight").requires_grad_();
  add_rms_norm(x, y, root_weight, kEpsilon).normed.sum().backward();
  EXPECT_TRUE(torch::allclose(root_weight.grad(), at::rms_norm(x + y, {7}, {}, kEpsilon).sum(0),
                              1e-10, 1e-10));
}

// The one gradient that both inputs get must be theirs still when either adds another to it.
TEST(NormsOfSums, GiveBothInputsTheirOwnGradient) {
  const auto through = [](const auto& norm) {
    return with_gradients(
        [&](const RowTensors& t) {
          const Tensor normed = norm(t[0] * 2, t[1]);
          return RowTensors{normed + 3 * t[0], normed * t[1], t[0] * t[1]};
        },
        {normal_rows({3, 5}, "x"), normal_rows({3, 5}, "y")});
  };
  const auto expect_alike = [&](const auto& ours, const auto& plain) {
    const RowTensors a = through(ours), b = through(plain);
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_LE(difference_of_rows(a[i], b[i]), 1e-10);
  };
  const Tensor weight = normal_rows({5}, "weight"), bias = normal_rows({5}, "bias");
  expect_alike([&](const Tensor& x,
                   const Tensor& y) { return add_layer_norm(x, y, weight, bias, kEpsilon); },
               [&](const Tensor& x, const Tensor& y) {
                 return at::layer_norm(x + y, {5}, weight, bias, kEpsilon);
               });
  const auto sum_of_both = [](const SumAndNorm& both) { return both.sum + both.normed; };
  expect_alike([&](const Tensor& x,
                   const Tensor& y) { return sum_of_both(add_rms_norm(x, y, weight, kEpsilon)); },
               [&](const Tensor& x, const Tensor& y) {
                 return x + y + at::rms_norm(x + y, {5}, weight, kEpsilon);
               });
  expect_alike(  // either output alone
      [&](const Tensor& x, const Tensor& y) { return add_rms_norm(x, y, weight, kEpsilon).normed; },
      [&](const Tensor& x, const Tensor& y) { return at::rms_norm(x + y, {5}, weight, kEpsilon); });
  expect_alike(
      [&](const Tensor& x, const Tensor& y) { return add_rms_norm(x, y, weight, kEpsilon).sum; },
      [](const Tensor& x, const Tensor& y) { return x + y; });
}

TEST(NormsOfWrongShapes, AreRefused) {
  const Tensor x = normal_rows({3, 5}, "x"), weight = normal_rows({4}, "weight");
  EXPECT_EQ(error_of([&] { rms_norm(x, weight, kEpsilon); }), "norm: 4 weights for rows of 5");
  EXPECT_EQ(error_of([&] { add_rms_norm(x, x.t(), normal_rows({5}, "weight"), kEpsilon); }),
            "norm: x and y must be of one shape");
}

}  // namespace
}  // namespace rankwise
